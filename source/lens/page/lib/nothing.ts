/** What the import map puts in place of a stylesheet that a library imports as a module. */
export {};
