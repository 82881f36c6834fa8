#!/usr/bin/env node
// Completes package-lock.json after a web dependency changed:
//
//   .ci/complete-lock.mjs DIR…
//
// npm leaves a package for another system out of the lock file when it cannot
// fetch it, and `npm ci` then refuses that lock file. This adds what is missing
// by name, version and system; npm fetches it only where the system fits.
import { readFileSync, writeFileSync } from 'node:fs';

const OS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const CPU = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];
const LIBC = { musl: 'musl', gnu: 'glibc' };

for (const dir of process.argv.slice(2)) {
  const path = `${dir}/package-lock.json`;
  const lock = JSON.parse(readFileSync(path, 'utf8'));
  const added = [];
  for (const owner of Object.values({ ...lock.packages })) {
    for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
      const key = `node_modules/${name}`;
      // Only exact versions name one package; a range is npm's to resolve.
      if (lock.packages[key] || !/^\d/.test(version)) continue;
      lock.packages[key] = { version, ...(owner.dev && { dev: true }), optional: true, ...system(name) };
      added.push(`${name}@${version}`);
    }
  }
  if (added.length === 0) continue;
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
  lock.packages = Object.fromEntries(sorted);
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${path}: added ${added.join(', ')}`);
}

// system reads os, cpu and libc off a name like @biomejs/cli-linux-x64-musl.
function system(name) {
  const words = name.split(/[-/.]/);
  const os = words.filter((word) => OS.includes(word));
  const cpu = words.filter((word) => CPU.includes(word));
  const libc = words.filter((word) => word in LIBC).map((word) => LIBC[word]);
  if (os.length + cpu.length === 0) throw new Error(`${name}: cannot tell its system from its name`);
  return {
    ...(cpu.length > 0 && { cpu }),
    ...(libc.length > 0 && { libc }),
    ...(os.length > 0 && { os }),
  };
}
