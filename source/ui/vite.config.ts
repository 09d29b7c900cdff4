import { join } from 'node:path';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** For the page of any package. Dev server: `npx vite source/lens/page --config source/ui/vite.config.ts` */
export default defineConfig({
  logLevel: 'warn',
  // Not the page's tsconfig.json: type checking is separate, and images don't contain everything it extends.
  tsconfig: join(import.meta.dirname, 'tsconfig.build.json'),
  plugins: [react(), tailwind()],
  // Faro's packages each depend on a copy, and different copies don't share their active span.
  resolve: { dedupe: ['@opentelemetry/api'] },
  build: {
    emptyOutDir: true,
    // For readable stack traces: developer tools and Alloy fetch source maps on demand.
    sourcemap: true,
    modulePreload: { polyfill: false },
    // The content security policy forbids inline scripts and styles.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
