import { createRequire } from 'node:module'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type mandala from '../../src/plugin.ts'
import { locateTool } from './project.ts'

const library = resolve(import.meta.dirname, '../..')
const { default: built } = (await import(pathToFileURL(join(library, 'dist/plugin.js')).href)) as { default: typeof mandala }

/** Tools with many shapes, of which each is used once. */
export const loadTool = (tool: string): any => createRequire(join(locateTool(tool), 'package.json'))(tool)
const loadVite = async (): Promise<any> => import(pathToFileURL(join(locateTool('vite'), 'dist/node/index.js')).href)

/** The plugin, for every bundler. */
export const plugin = built

/** How a program is bundled. */
export interface BundleOptions {
  readonly project: string
  /** What stays outside, beside the library. */
  readonly external?: readonly string[]
  readonly define?: Readonly<Record<string, string>>
  /** Those before this library's. */
  readonly plugins?: readonly unknown[]
}

/** Makes a bundle of a project's program and gives the file to run. */
export type Bundler = (options: BundleOptions) => Promise<string>

const esbuildAs = (name: string, settings: object, end = 'mjs'): Bundler => async ({ project, external = [], define = {}, plugins = [] }) => {
  await loadTool('esbuild').build({
    absWorkingDir: project, entryPoints: { main: 'src/main.ts' }, outdir: `out/${name}`, outExtension: { '.js': `.${end}` }, logLevel: 'error',
    bundle: true, platform: 'node', format: 'esm', loader: { '.txt': 'text' }, external: ['mandala-ts', ...external], define,
    plugins: [...plugins, plugin.esbuild({ root: project })], ...settings,
  })
  return `out/${name}/main.${end}`
}

const bundleWithRollup: Bundler = async ({ project, external = [], plugins = [] }) => {
  const { default: resolveNode } = loadTool('@rollup/plugin-node-resolve')
  const { default: commonjs } = loadTool('@rollup/plugin-commonjs')
  const { transformSync } = loadTool('esbuild')
  const lower = {
    name: 'lower',
    transform(code: string, id: string): unknown {
      if (id.endsWith('.json')) return { code: `export default ${code}`, map: null }
      return id.endsWith('.ts') ? transformSync(code, { loader: 'ts', target: 'esnext', sourcemap: true }) : undefined
    },
  }
  const bundle = await loadTool('rollup').rollup({
    input: join(project, 'src/main.ts'), external: [/^mandala-ts/, /^node:/, ...external], onwarn: () => {},
    plugins: [...plugins, plugin.rollup({ root: project }), resolveNode({ extensions: ['.ts', '.js'] }), lower, commonjs({ extensions: ['.js', '.cjs'] })],
  })
  await bundle.write({ dir: join(project, 'out/rollup'), entryFileNames: 'main.mjs', chunkFileNames: '[name].mjs' })
  return 'out/rollup/main.mjs'
}

const bundleWithRolldown: Bundler = async ({ project, external = [], define = {}, plugins = [] }) => {
  const bundle = await loadTool('rolldown').rolldown({
    cwd: project, input: 'src/main.ts', platform: 'node', external: [/^mandala-ts/, ...external], logLevel: 'silent',
    transform: { define }, plugins: [...plugins, plugin.rolldown({ root: project })],
  })
  await bundle.write({ dir: join(project, 'out/rolldown'), entryFileNames: 'main.mjs', chunkFileNames: '[name].mjs' })
  await bundle.close()
  return 'out/rolldown/main.mjs'
}

const bundleWithVite: Bundler = async ({ project, external = [], define = {}, plugins = [] }) => {
  await (await loadVite()).build({
    root: project, configFile: false, logLevel: 'error', define, plugins: [...plugins, plugin.vite()],
    ssr: { noExternal: true, external: ['mandala-ts', ...external] },
    build: { ssr: 'src/main.ts', outDir: 'out/vite', minify: true, rollupOptions: { output: { entryFileNames: 'main.mjs', chunkFileNames: '[name].mjs' } } },
  })
  return 'out/vite/main.mjs'
}

const bundleWithWebpack: Bundler = async ({ project, external = [], define = {} }) => {
  const webpack = loadTool('webpack')
  const outside = ['mandala-ts', 'mandala-ts/bundled', ...external].map((name) => [name, `module ${name}`])
  const lower = { loader: join(locateTool('ts-loader'), 'index.js'), options: { transpileOnly: true, compiler: locateTool('typescript'), silent: true } }
  const compiler = webpack({
    context: project, entry: { main: join(project, 'src/main.ts') }, target: 'node22', mode: 'production', experiments: { outputModule: true },
    output: { path: join(project, 'out/webpack'), filename: '[name].mjs', module: true, chunkFormat: 'module', library: { type: 'module' } },
    externals: Object.fromEntries(outside), module: { rules: [{ test: /\.ts$/, use: [lower] }, { test: /\.txt$/, type: 'asset/source' }] },
    plugins: [plugin.webpack({ root: project }), new webpack.DefinePlugin(define)],
  })
  const stats = await promised((done) => compiler.run(done))
  await promised((done) => compiler.close(done))
  if (stats.hasErrors()) throw new Error(stats.toString())
  return 'out/webpack/main.mjs'
}

function promised(run: (done: (error: unknown, result?: unknown) => void) => void): Promise<any> {
  return new Promise((resolve, reject) => {
    run((error, result) => {
      if (error) reject(error as Error)
      else resolve(result)
    })
  })
}

/** Without a `require` a module can't load CommonJS that is in no bundle. */
const banner = { js: "import{createRequire as cr}from'node:module';const require=cr(import.meta.url);" }

export const BUNDLERS = {
  esbuild: esbuildAs('esbuild', {}),
  'esbuild, minified and split': esbuildAs('small', { minify: true, splitting: true }),
  'esbuild, with the library in it': esbuildAs('whole', { external: [], banner }),
  'esbuild, CommonJS': esbuildAs('script', { external: [], format: 'cjs', minify: true }, 'cjs'),
  rollup: bundleWithRollup,
  rolldown: bundleWithRolldown,
  vite: bundleWithVite,
  webpack: bundleWithWebpack,
} satisfies Readonly<Record<string, Bundler>>

const TSCONFIG = { compilerOptions: { module: 'esnext', target: 'esnext', moduleResolution: 'bundler', verbatimModuleSyntax: true } }

/** Writes files of a project. */
export function writeFiles(project: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, name)), { recursive: true })
    writeFileSync(join(project, name), text)
  }
}

/** Writes a project into a folder, with the built library in it. */
export function writeProject(project: string, files: Readonly<Record<string, string>>): void {
  writeFiles(project, { 'package.json': '{ "name": "project", "type": "module" }', 'tsconfig.json': JSON.stringify(TSCONFIG), ...files })
  mkdirSync(join(project, 'node_modules'), { recursive: true })
  symlinkSync(library, join(project, 'node_modules/mandala-ts'), 'junction')
}
