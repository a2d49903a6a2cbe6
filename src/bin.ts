#!/usr/bin/env node

/** As "engines" in package.json says. Nothing is imported before: an older Node fails at what the rest of the code uses. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `gopackgo needs Node.js 22.18 or newer; this is ${process.versions.node}.\n` +
      'Install a newer one from your distribution or https://nodejs.org, then run the same command again.\n',
  );
  process.exitCode = 4;
} else {
  // Compiled code is kept beside the program (where that cannot be written, it is not): a sixth less to do at each start.
  const { enableCompileCache } = await import('node:module');
  enableCompileCache(`${import.meta.dirname}/../.compile-cache`);
  await import('./process.ts');
}

export {};
