import { join } from 'node:path';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** For the page of any package. To work on one: `npx vite source/lens/page --config source/ui/vite.config.ts` */
export default defineConfig({
  logLevel: 'warn',
  // Not the tsconfig.json that it would find: types are checked elsewhere, and an image does not have all of it.
  tsconfig: join(import.meta.dirname, 'tsconfig.build.json'),
  plugins: [react(), tailwind()],
  // Faro's packages each bring a copy of it, and copies of different versions know nothing of each other's spans.
  resolve: { dedupe: ['@opentelemetry/api'] },
  build: {
    emptyOutDir: true,
    // For readable stacks: browsers' tools and Alloy fetch the maps when they need them.
    sourcemap: true,
    modulePreload: { polyfill: false },
    // Only files: the policy of the pages allows no scripts or styles within them.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
