// The entry point of `npm start`. NODE_OPTIONS in the shell are meant for other programs, and some break main.ts, so this
// restarts Node without them: with execve, so that npm's signals still reach it. Windows doesn't have execve.
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const { NODE_OPTIONS, ...env } = process.env;
if (NODE_OPTIONS && process.execve) process.execve(process.execPath, [process.execPath, ...process.argv.slice(1)], env);

require('../../tools/needs-node-24.cjs');
import(pathToFileURL(join(__dirname, 'main.ts')));
