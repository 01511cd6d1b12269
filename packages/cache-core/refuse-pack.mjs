// npm and pnpm run this before they pack this folder. Its TypeScript sources can't be imported from node_modules, so the package is
// packed from what the build makes.
process.stderr.write(
  'This folder holds the sources, which cannot be imported once installed. Run `npm run package` in the repository: it builds and packs the package.\n',
);
process.exitCode = 1;
