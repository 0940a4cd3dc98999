import { deflateRawSync } from 'node:zlib'
import { digest } from '../value/digest.ts'
import type { FileContent } from './bundled-source.ts'
import { GLOBAL } from './environment.ts'
import type { FileFacts } from './file-facts.ts'
import { nameOpFunctions } from './name-op-functions.ts'
import { isLibrary } from './library-name.ts'
import { Program, type ResolvedModule } from './program.ts'
import { REGISTRY } from './registry-name.ts'
import { readSignatures } from './signatures.ts'
import type { ServedFile } from './served-file.ts'
import type { Insertion, SiteRef } from './site.ts'
import type { KnownFile, SourceLoader } from './source-loader.ts'
import { expressionOf, importedBy } from './surroundings.ts'
import { instrument, TRANSFORM_VERSION, type InstrumentOptions, type Transformed } from './transform.ts'

/** What a bundler finds for an import: the path of a file; undefined where that lies outside of the bundle, or isn't to be had. */
export type Resolve = (source: string, importer: string) => Promise<string | undefined>

/** By this a file's description is asked for in the place of the file. */
const QUERY = '?mandala-ts='

/** The file and the state that a description is asked for of; undefined for an import of anything else. */
export function findDescribed(specifier: string): string | undefined {
  const at = specifier.indexOf(QUERY)
  return at < 0 ? undefined : decodeURIComponent(specifier.slice(at + QUERY.length).replace(/&.*$/, ''))
}

interface Announcement {
  readonly before: string
  readonly method: 'registerBundled' | 'registerServed'
  readonly described: string
}

/** Writes the files of a program as they go into a bundle. */
export class BundleWriter {
  readonly #loader: SourceLoader

  constructor(loader: SourceLoader) {
    this.#loader = loader
  }

  /** The file with its markers, and with an import of its description. */
  async instrument(file: string, resolve: Resolve): Promise<string | undefined> {
    await this.#resolveAll(file, resolve)
    const known = this.#loader.findTransformed(file)
    if (!known) return undefined
    const { marks, facts } = known.transformed
    const described = JSON.stringify(linkTo(file, known.source))
    const before = importTracer(known.transformed, 'mandala-ts/bundled')
      + (facts.isModule ? `import ${marks.facts} from${described};` : `const ${marks.facts}=require(${described}).default;`)
    return this.#write(known, { before, method: 'registerBundled', described: marks.facts })
  }

  /** The file with its markers, for a server of modules that runs where the sources are. */
  async serve(file: string, resolve: Resolve): Promise<string | undefined> {
    const urls = await this.#resolveAll(file, resolve)
    const known = this.#loader.findTransformed(file)
    if (!known) return undefined
    const served: ServedFile = { root: this.#loader.root, file, digest: digest('source', known.source), urls }
    return this.#write(known, { before: importTracer(known.transformed, 'mandala-ts/served'), method: 'registerServed', described: JSON.stringify(served) })
  }

  #write({ source, transformed }: KnownFile, { before, method, described }: Announcement): string | undefined {
    const { facts, marks } = transformed
    if (!transformed.prologue) return undefined
    const surroundings = facts.refs.flatMap((ref, i) => {
      const expression = surroundingOf(ref)
      return expression === undefined ? [] : [[i, expression] as const]
    })
    const prologue = { ...transformed.prologue, imported: [...transformed.prologue.imported, ...surroundings] }
    const further = nameOpFunctions({ source, transformed, program: new Program(this.#loader) }).flatMap(({ start, end, ...name }): Insertion[] => [
      { at: start, text: `${marks.tracer}.name(`, rank: 0.25 }, { at: end, text: `,${JSON.stringify(name)})`, rank: -0.25 },
    ])
    const announce: InstrumentOptions['announce'] = (announced) => ({ before, call: `${marks.tracer}.${method}(${described},${announced})` })
    // Other plugins may add imports, and chunks may import each other where files don't.
    return instrument(source, { ...transformed, prologue }, { announce, further, mayRunEarly: facts.isModule })
  }

  /** The module that describes a file, with imports of those that describe what it refers to. */
  async describe(file: string, resolve: Resolve): Promise<string> {
    await this.#resolveAll(file, resolve)
    const facts = this.#loader.loadFacts(file)
    if (!facts) return `export default{file:${JSON.stringify(file)},version:${JSON.stringify(TRANSFORM_VERSION)},packed:"",links:()=>[]}`
    const resolved = Object.fromEntries(sourcesIn(facts).map((source) => [source, this.#loader.resolveModule(file, source)]))
    const source = this.#loader.findSource(file)
    const content: FileContent = { facts, source, resolved, packages: this.#packages(Object.values(resolved)), signatures: this.#signatures(file) }
    const packed = deflateRawSync(JSON.stringify(content)).toString('base64')
    const linked = [...new Set(Object.values(resolved).flatMap((module) => (module.kind === 'file' && module.file !== file ? [module.file] : [])))]
      .filter((each) => this.#loader.loadFacts(each))
    const imports = linked.map((each, i) => `import l${i} from${JSON.stringify(linkTo(each, this.#loader.findSource(each) ?? ''))};`).join('')
    const fields = `file:${JSON.stringify(file)},version:${JSON.stringify(TRANSFORM_VERSION)},packed:${JSON.stringify(packed)}`
    return `${imports}export default{${fields},links:()=>[${linked.map((_, i) => `l${i}`).join(',')}]}`
  }

  /** Of all functions that may become ops elsewhere. */
  #signatures(file: string): FileContent['signatures'] {
    const { source, transformed } = this.#loader.findTransformed(file) ?? {}
    if (source === undefined || !transformed) return {}
    const { facts: { components }, parameters } = transformed
    const unmarked = components.filter(({ isTrivial }) => isTrivial).map(({ name, start, end }) => [name, source.slice(start, end)] as const)
    const marked = Object.entries(parameters).map(([site, [start, end]]) => [site, `function(${source.slice(start, end)}){}`] as const)
    const found = [...unmarked, ...marked]
    const signatures = readSignatures(file, found.map(([, text]) => text))
    return Object.fromEntries(found.flatMap(([key], i) => (signatures[i] ? [[key, signatures[i].text]] : [])))
  }

  #packages(modules: readonly ResolvedModule[]): Record<string, string> {
    const names = modules.flatMap((module) => (module.kind === 'package' ? [module.name] : []))
    return Object.fromEntries(names.flatMap((name) => {
      const version = this.#loader.findVersion(name)
      return version === undefined ? [] : [[name, version]]
    }))
  }

  /** Only the bundler knows where an import leads that is no path: its aliases, its conditions. */
  async #resolveAll(file: string, resolve: Resolve): Promise<Record<string, string>> {
    const urls: Record<string, string> = {}
    for (const source of sourcesIn(this.#loader.loadFacts(file))) {
      if (/^\.{0,2}\//.test(source) || isLibrary(source) || this.#loader.resolveModule(file, source).kind === 'builtin') continue
      const url = await resolve(source, this.#loader.pathOf(file))
      if (url === undefined) continue
      urls[source] = url
      this.#loader.noteResolved({ file, source, url })
    }
    return urls
  }
}

/** A script in a bundle finds it where a module put it, or asks for it: not every bundle can. */
function importTracer({ marks, facts }: Transformed, library: 'mandala-ts/bundled' | 'mandala-ts/served'): string {
  const name = JSON.stringify(library)
  if (facts.isModule) return `import{tracer as ${marks.tracer}}from${name};`
  const known = library === 'mandala-ts/served' ? '' : `globalThis[${JSON.stringify(REGISTRY)}]?.bundles||`
  return `const ${marks.tracer}=${known}require(${name}).tracer;`
}

/** A path, that tools which leave packages out of a bundle take it for a part of it; by its content, that nothing older is kept for it. */
function linkTo(file: string, source: string): string {
  return `./${file.split('/').at(-1)}${QUERY}${encodeURIComponent(file)}&${digest('source', source)}`
}

/** All that a file imports, for whatever reason it is named. */
function sourcesIn(facts: FileFacts | undefined): string[] {
  const found = new Set<string>([...facts?.imports ?? [], ...facts?.stars ?? []])
  const note = (names: readonly { readonly kind: string; readonly source?: string }[]): void => {
    for (const { kind, source } of names) if (kind === 'import' && source !== undefined) found.add(source)
  }
  note(facts?.refs ?? [])
  note(Object.values(facts?.exports ?? {}))
  for (const component of facts?.components ?? []) note(component.names)
  for (const { making } of facts?.captured.flat() ?? []) note(making?.names ?? [])
  for (const statement of facts?.statements ?? []) note([...statement.names, ...statement.whole.names])
  return [...found]
}

/** What the module's code finds in the place of something of its surroundings; what it imports has a getter anyway. */
function surroundingOf({ kind, name }: SiteRef): string | undefined {
  const isEnv = kind === 'env' && importedBy(name) === undefined
  if (!isEnv && !(kind === 'hidden' && name.startsWith('import.meta.env'))) return undefined
  const reached = kind === 'hidden' ? name : name.startsWith(GLOBAL) ? name.slice(GLOBAL.length) : `process.env.${name}`
  // In parentheses: what a bundler puts there may begin with a brace.
  return `(${expressionOf(reached)})`
}
