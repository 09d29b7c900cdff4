// Loaded before each program that npm runs (`node --require`), so it must work with any Node. Node 24 comes with the package
// `node`, whose install script installs the binary; without that script, npm uses whatever Node the machine has.
const [major, minor] = process.versions.node.split('.').map(Number);
const isNewEnough = major > 24 || (major === 24 && minor >= 12);

if (!isNewEnough) {
  console.error(
    `This is Node ${process.versions.node}, but Node 24 is needed. Install it with: npm ci --ignore-scripts=false`,
  );
  process.exit(1);
}
if (!process.features.typescript) {
  console.error('Node is configured not to run TypeScript: remove that option from NODE_OPTIONS');
  process.exit(1);
}

// Caches compiled code and JavaScript made from TypeScript, which halves the time of the next start. Child processes inherit
// the variable.
process.env.NODE_COMPILE_CACHE ||= require('node:path').join(__dirname, '../node_modules/.cache/node');
require('node:module').enableCompileCache();
