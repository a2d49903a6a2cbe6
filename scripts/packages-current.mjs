import { readFileSync } from 'node:fs';

/**
 * Exit status 0 when node_modules holds what package-lock.json asks for, else 1. Runs on any Node that npm 9
 * runs on: it is asked before Node 24 is there. Optional packages may be missing, for they depend on the platform.
 */
function packages(file) {
  try {
    return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

const wanted = Object.entries(packages('../package-lock.json')).filter(([path]) => path !== '');
const installed = packages('../node_modules/.package-lock.json');
const current = wanted.every(([path, { version, integrity, optional }]) => {
  const found = installed[path];
  if (found === undefined) return optional === true;
  return found.version === version && found.integrity === integrity;
});
process.exitCode = wanted.length > 0 && current ? 0 : 1;
