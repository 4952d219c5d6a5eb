// Builds the pages that the server embeds. The same sources and lock file give
// the same bytes: nothing of the machine, the time or the Node version goes in
// (the compressor is a pinned package for that reason).
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { gzip } from 'pako';

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, 'dist');

// GraphiQL's own style sheet holds all of the editor's: the editor's parts need
// not bring theirs once more.
const editorStylesOnce = {
  name: 'editor-styles-once',
  setup({ onLoad }) {
    onLoad({ filter: /monaco-editor\/esm\/.*\.css$/ }, () => ({ contents: '', loader: 'empty' }));
  },
};

const options = {
  absWorkingDir: here,
  bundle: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  format: 'esm',
  jsx: 'automatic',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  minify: true,
  outdir: out,
  plugins: [editorStylesOnce],
  target: 'es2022',
  write: false,
};

const page = {
  ...options,
  chunkNames: '[name]-[hash]',
  entryPoints: { main: 'src/main.jsx' },
  splitting: true,
};

// Workers are bundled apart: each is one file without imports.
const workers = {
  ...options,
  entryPoints: {
    'editor.worker': 'monaco-editor/esm/vs/editor/editor.worker.js',
    'graphql.worker': 'monaco-graphql/esm/graphql.worker.js',
    'json.worker': 'monaco-editor/esm/vs/language/json/json.worker.js',
  },
};

async function put(name, bytes) {
  const file = path.join(out, `${name}.gz`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, gzip(bytes, { level: 9 }));
}

// The directories of the packages that went into the bundles.
function packages(metafiles) {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const found = inputs.map((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]);
  return [...new Set(found.filter(Boolean))].sort();
}

async function notice(directory) {
  const { name, version, license } = JSON.parse(await readFile(path.join(here, directory, 'package.json'), 'utf8'));
  const files = (await readdir(path.join(here, directory))).filter((file) => /^(licen[cs]e|thirdpartynotices)/i.test(file));
  const texts = await Promise.all(files.sort().map((file) => readFile(path.join(here, directory, file), 'utf8')));
  return [`${name} ${version} (${license})`, ...texts].join('\n\n');
}

await rm(out, { recursive: true, force: true });
const built = await Promise.all([build(page), build(workers)]);
for (const file of built.flatMap(({ outputFiles }) => outputFiles)) {
  await put(path.join('assets', path.relative(out, file.path)), file.contents);
}
const notices = await Promise.all(packages(built.map(({ metafile }) => metafile)).map(notice));
await put('assets/licences.txt', new TextEncoder().encode(notices.join(`\n\n${'-'.repeat(80)}\n\n`)));
await put('index.html', await readFile(path.join(here, 'src/index.html')));
