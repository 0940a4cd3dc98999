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
  /** The name of the part of the bundle that a module goes to, by Rollup. */
  readonly chunkOf?: (id: string) => string | undefined
  /** Those before this library's. */
  readonly plugins?: readonly unknown[]
}

/** Makes a bundle of a project's program and gives the file to run. */
export type Bundler = (options: BundleOptions) => Promise<string>

const esbuildSettings = (name: string, { project, external = [], define = {}, plugins = [] }: BundleOptions, end = 'mjs'): object => ({
  absWorkingDir: project, entryPoints: { main: 'src/main.ts' }, outdir: `out/${name}`, outExtension: { '.js': `.${end}` }, logLevel: 'error',
  bundle: true, platform: 'node', format: 'esm', loader: { '.txt': 'text' }, external: ['mandala-ts', ...external], define,
  plugins: [...plugins, plugin.esbuild({ root: project })],
})

const esbuildAs = (name: string, settings: object, end = 'mjs'): Bundler => async (options) => {
  await loadTool('esbuild').build({ ...esbuildSettings(name, options, end), ...settings })
  return `out/${name}/main.${end}`
}

function rollupSettings({ project, external = [], plugins = [], chunkOf }: BundleOptions): { output: object } {
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
  const input = {
    input: join(project, 'src/main.ts'), external: [/^mandala-ts/, /^node:/, ...external], onwarn: () => {},
    plugins: [...plugins, plugin.rollup({ root: project }), resolveNode({ extensions: ['.ts', '.js'] }), lower, commonjs({ extensions: ['.js', '.cjs'] })],
  }
  const output = { dir: join(project, 'out/rollup'), entryFileNames: 'main.mjs', chunkFileNames: '[name].mjs', ...(chunkOf && { manualChunks: chunkOf }) }
  return { ...input, output }
}

const bundleWithRollup: Bundler = async (options) => {
  const settings = rollupSettings(options)
  const bundle = await loadTool('rollup').rollup(settings)
  await bundle.write(settings.output)
  return 'out/rollup/main.mjs'
}

const rolldownSettings = ({ project, external = [], define = {}, plugins = [] }: BundleOptions): { output: object } => ({
  ...{
    cwd: project, input: 'src/main.ts', platform: 'node', external: [/^mandala-ts/, ...external], logLevel: 'silent',
    transform: { define }, plugins: [...plugins, plugin.rolldown({ root: project })],
  },
  output: { dir: join(project, 'out/rolldown'), entryFileNames: 'main.mjs', chunkFileNames: '[name].mjs' },
})

const bundleWithRolldown: Bundler = async (options) => {
  const settings = rolldownSettings(options)
  const bundle = await loadTool('rolldown').rolldown(settings)
  await bundle.write(settings.output)
  await bundle.close()
  return 'out/rolldown/main.mjs'
}

const viteSettings = ({ project, external = [], define = {}, plugins = [] }: BundleOptions, build: object = {}): object => ({
  root: project, configFile: false, logLevel: 'error', define, plugins: [...plugins, plugin.vite()],
  ssr: { noExternal: true, external: ['mandala-ts', ...external] },
  build: {
    ssr: 'src/main.ts', outDir: 'out/vite', minify: true, rollupOptions: { output: { entryFileNames: 'main.mjs', chunkFileNames: '[name].mjs' } }, ...build,
  },
})

const bundleWithVite: Bundler = async (options) => {
  await (await loadVite()).build(viteSettings(options))
  return 'out/vite/main.mjs'
}

function makeWebpack({ project, external = [], define = {} }: BundleOptions): any {
  const webpack = loadTool('webpack')
  const outside = ['mandala-ts', 'mandala-ts/bundled', ...external].map((name) => [name, `module ${name}`])
  const lower = { loader: join(locateTool('ts-loader'), 'index.js'), options: { transpileOnly: true, compiler: locateTool('typescript'), silent: true } }
  return webpack({
    context: project, entry: { main: join(project, 'src/main.ts') }, target: 'node22', mode: 'production', experiments: { outputModule: true },
    output: { path: join(project, 'out/webpack'), filename: '[name].mjs', module: true, chunkFormat: 'module', library: { type: 'module' } },
    externals: Object.fromEntries(outside), module: { rules: [{ test: /\.ts$/, use: [lower] }, { test: /\.txt$/, type: 'asset/source' }] },
    plugins: [plugin.webpack({ root: project }), new webpack.DefinePlugin(define)],
  })
}

const bundleWithWebpack: Bundler = async (options) => {
  const compiler = makeWebpack(options)
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

/** Bundles a project over and over, whenever a file of it changes. */
export interface Watching {
  /** The file to run. */
  readonly main: string
  /** Waits for the next bundle to be there. */
  built(): Promise<void>
  close(): Promise<unknown>
}

/** One bundle after the other, and who waits for the next. */
class Builds {
  #count = 0
  #seen = 0
  #tell = (): void => {}

  readonly note = (): void => {
    this.#count += 1
    this.#tell()
  }

  readonly next = async (): Promise<void> => {
    while (this.#count === this.#seen) await new Promise<void>((resolve) => { this.#tell = resolve })
    this.#seen = this.#count
  }
}

/** What tells the end of a bundle as an event, as Rollup does and those after it. */
function follow(watcher: any, main: string): Watching {
  const builds = new Builds()
  watcher.on('event', ({ code, result, error }: { code: string; result?: { close(): void }; error?: unknown }) => {
    if (code === 'ERROR') throw error
    if (code === 'BUNDLE_END') void result?.close()
    if (code === 'END') builds.note()
  })
  return { main, built: builds.next, close: async () => watcher.close() }
}

export const WATCHERS = {
  async esbuild(options) {
    const builds = new Builds()
    const plugins = [{ name: 'built', setup(build: any) { build.onEnd(builds.note) } }]
    const context = await loadTool('esbuild').context(esbuildSettings('esbuild', { ...options, plugins }))
    await context.watch()
    return { main: 'out/esbuild/main.mjs', built: builds.next, close: () => context.dispose() }
  },
  rollup: async (options) => follow(loadTool('rollup').watch({ ...rollupSettings(options), watch: { buildDelay: 50 } }), 'out/rollup/main.mjs'),
  rolldown: async (options) => follow(loadTool('rolldown').watch(rolldownSettings(options)), 'out/rolldown/main.mjs'),
  vite: async (options) => follow(await (await loadVite()).build(viteSettings(options, { watch: {} })), 'out/vite/main.mjs'),
  async webpack(options) {
    const compiler = makeWebpack(options)
    const builds = new Builds()
    const watching = compiler.watch({ aggregateTimeout: 50 }, (error: unknown, stats: any) => {
      if (error || stats.hasErrors()) throw error ?? new Error(stats.toString())
      builds.note()
    })
    return { main: 'out/webpack/main.mjs', built: builds.next, close: () => promised((done) => { watching.close(done) }) }
  },
} satisfies Readonly<Record<string, (options: BundleOptions) => Promise<Watching>>>

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
