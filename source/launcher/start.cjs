// What `npm start` runs. NODE_OPTIONS of the shell are meant for other programs, and some keep main.ts from running, so Node
// is started without them: in the place of this process, so that npm's signals still reach it. Windows can't do that.
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const { NODE_OPTIONS, ...env } = process.env;
if (NODE_OPTIONS && process.execve) process.execve(process.execPath, [process.execPath, ...process.argv.slice(1)], env);

require('../../tools/needs-node-24.cjs');
import(pathToFileURL(join(__dirname, 'main.ts')));
