import { inspect } from 'node:util'
import { CallTrace, findCurrent, notTracked, UNTRACKED_HASH, untrackedId, type Dependency } from '../code/call-trace.ts'
import type { Closure } from '../code/closed-over.ts'
import { findClosure, findMadeIn, findOpText, findUnreported, opTextId, showClosure } from '../code/op-texts.ts'
import { envNameOf } from '../code/globals.ts'
import { reachOf, type Touched } from '../code/reach.ts'
import { findMarked, portrayMarked, type Marked } from '../code/track.ts'
import { getTracer, type Tracer as ProgramTracer } from '../code/tracer.ts'
import type { OpIdentity } from '../model/derive-ids.ts'
import type { CodeContent, CodeState, Trace, Tracer, Used } from './code-state.ts'

/** What is another thing in another file, or tells of the function around it. */
const SEES_ITS_PLACE = /\bimport\b|\brequire\b|\b__(?:file|dir)name\b|\bmodule\b|\bcallee\b|\bstack\b|\bcaptureStackTrace\b/
const OWN_NAME = /^(?:async\s+)?function\s*\*?\s*([\w$]+)/
/** Ends the name of what an op closes over. */
const CAPTURED = ' (captured)'
/** What was marked by hand, and ops' own texts. */
const BY_HAND = /^(track|op)#/
/** Ends the name of a value: a function that makes a value and the value itself are two components. */
const VALUE = ' (value)'
/** Ends the name of one by where it comes from. */
const MADE = ' (made)'

/**
 * The running program as versions see it. Components are called `file#name` (code), `file#name (value)`, `file#name (made)`,
 * `npm:name` and `env:NAME`; those that were marked by hand `track#name`.
 */
export class LiveCode implements CodeState, Tracer {
  readonly #program: ProgramTracer = getTracer()
  readonly #isFollowed: (file: string) => boolean
  readonly #parsed = new Map<string, Dependency | 'by hand'>()
  readonly #names: Partial<Record<Dependency['kind'], Map<string, string | undefined>>> = {}

  /** @param isFollowed whether components of a file, relative to the root, count */
  constructor(isFollowed: (file: string) => boolean) {
    this.#isFollowed = isFollowed
  }

  /** Whether functions and values report by themselves. */
  get hasLoader(): boolean {
    return this.#program.hasLoader
  }

  find(component: string): CodeContent | undefined {
    if (component.endsWith(CAPTURED)) return this.#captured(component.slice(0, -CAPTURED.length))
    if (component.startsWith('op#')) return contentOf(findOpText(component))
    const dependency = parse(component)
    const marked = findMarked(dependency.id)
    if (marked) return contentOfMarked(marked)
    const hash = findCurrent(dependency, this.#program)
    return hash === undefined ? undefined : { hash, source: this.#show(dependency, hash) }
  }

  findHash(component: string): string | undefined {
    let known = this.#parsed.get(component)
    if (known === undefined) {
      known = BY_HAND.test(component) ? 'by hand' : parse(component)
      this.#parsed.set(component, known)
    }
    if (known !== 'by hand') return findCurrent(known, this.#program)
    return component.endsWith(CAPTURED) ? findClosure(component.slice(0, -CAPTURED.length))?.hash : this.find(component)?.hash
  }

  isReadable(component: string): boolean {
    return this.#isCode(component) && !component.endsWith(CAPTURED)
  }

  watch(component: string): (() => string | undefined) | undefined {
    if (component.endsWith(VALUE) && !BY_HAND.test(component)) return this.#program.values.watch(component.slice(0, -VALUE.length))
    const isLive = component.endsWith(VALUE) || component.endsWith(MADE) || component.endsWith(CAPTURED) || component.startsWith('env:')
    return isLive ? () => this.findHash(component) : undefined
  }

  findComponentOf(fn: object): string | undefined {
    const component = this.#program.findComponentOf(fn)
    return component !== undefined && this.#counts(component) ? component : undefined
  }

  mayMove(component: string): boolean {
    const text = this.#program.program.findText(component)
    if (text === undefined || SEES_ITS_PLACE.test(text)) return false
    const names = [component.slice(component.indexOf('#') + 1), OWN_NAME.exec(text)?.[1] ?? '']
    // A call of itself is the same under any name.
    const named = new Set(text.match(/[\w$]+(?!\s*\(|[\w$])/g))
    return names.every((name) => !named.has(name))
  }

  findReferences(component: string): ReadonlyMap<string, CodeContent> {
    const found = new Map<string, CodeContent>()
    for (const touched of component.includes('#') ? reachOf(this.#program.program, parse(component).id) : []) {
      const name = nameOfTouched(touched)
      const content = name !== undefined && name !== component && this.#counts(name) ? this.find(name) : undefined
      if (content) found.set(name as string, content)
    }
    return found
  }

  start(op: OpIdentity, args: readonly unknown[]): Trace {
    const trace = new CallTrace(this.#program)
    for (const arg of args) trace.addClassesIn(arg)
    // The call itself may change it, as where results are kept in a Map: what counts is what a look-up finds.
    const closure = findClosure(opTextId(op))
    return {
      run: (fn) => trace.run(fn),
      add: (component, hash) => trace.add(withHash(parse(component), hash), findMaker(component)),
      end: () => this.#used(trace, op, closure),
    }
  }

  #used(trace: CallTrace, op: OpIdentity, closure: Closure | undefined): Used {
    const { dependencies, hidden, written, changed } = trace.usage()
    const components = new Map<string, string>()
    let hasCode = false
    for (const dependency of dependencies) {
      const name = this.#nameOf(dependency)
      if (name === undefined) continue
      components.set(name, dependency.kind === 'package' ? dependency.version : dependency.hash)
      hasCode ||= dependency.kind === 'code' && !BY_HAND.test(name)
    }
    // Where nothing reports, the function's own text is all that is known of its code.
    const own = opTextId(op)
    const text = hasCode ? undefined : this.findHash(own)
    if (text !== undefined) components.set(own, text)
    const unreported = findUnreported(own)
    if (unreported !== undefined) components.set(untrackedId(unreported), UNTRACKED_HASH)
    if (closure) components.set(own + CAPTURED, closure.hash)
    const names = unreported === undefined ? [...hidden] : [...hidden, notTracked(unreported)]
    if (closure?.untold !== undefined) names.push(notTold(closure.untold))
    return { components, hidden: names, written, changed: changed.filter((id) => this.#counts(id)) }
  }

  /** What a dependency is called; undefined for one that doesn't count. The same few are asked for by call after call. */
  #nameOf({ kind, id }: Dependency): string | undefined {
    const names = (this.#names[kind] ??= new Map<string, string | undefined>())
    if (!names.has(id)) {
      const name = nameOf({ kind, id })
      names.set(id, this.#counts(name) ? name : undefined)
    }
    return names.get(id)
  }

  /** All that an op's function closes over, as one. */
  #captured(op: string): CodeContent | undefined {
    const closure = findClosure(op)
    return closure && { hash: closure.hash, source: showClosure(op) }
  }

  #counts(name: string): boolean {
    const at = name.indexOf('#')
    return at < 0 || BY_HAND.test(name) || this.#isFollowed(name.slice(0, at))
  }

  #isCode(name: string): boolean {
    return name.includes('#') && !name.endsWith(VALUE) && !name.endsWith(MADE) && !BY_HAND.test(name)
  }

  #show({ kind, id }: Dependency, hash: string): string {
    const marked = findMarked(id)
    if (marked) return contentOfMarked(marked).source
    switch (kind) {
      case 'code': case 'made': return this.#program.program.findText(id) ?? id
      case 'value': return this.#program.values.print(id)
      case 'package': return `${id}@${hash}`
      // What is in it may be a secret.
      case 'env': return id.startsWith('globalThis.') || id.startsWith('import.meta.env') ? id : `process.env.${id}`
    }
  }
}

/** The call in which an op was made that closes over things. */
function findMaker(component: string): CallTrace | undefined {
  return component.endsWith(CAPTURED) ? findMadeIn(component.slice(0, -CAPTURED.length)) : undefined
}

/** What of an op's function can't be told is told as a hidden input. */
function notTold(name: string): string {
  return name === ''
    ? 'what its function closes over (another function made it: write it where the op is made, or make the op a variable of the module level)'
    : `what its function closes over: ${name} hides what it holds (give it as an input, or make it a variable of the module level)`
}

function contentOfMarked(marked: Marked): CodeContent {
  if (marked.kind === 'code') return { hash: marked.hash, source: marked.text }
  const value = marked.read()
  return { hash: portrayMarked(value).hash, source: inspect(value, { depth: 1, breakLength: Infinity }).slice(0, 80) }
}

function contentOf(found: { readonly hash: string; readonly text: string } | undefined): CodeContent | undefined {
  return found && { hash: found.hash, source: found.text }
}

function nameOf({ kind, id }: { readonly kind: Dependency['kind']; readonly id: string }): string {
  switch (kind) {
    case 'code': return id
    case 'value': return id + VALUE
    case 'made': return id + MADE
    case 'package': return `npm:${id}`
    case 'env': return `env:${id}`
  }
}

function nameOfTouched(touched: Touched): string | undefined {
  switch (touched.kind) {
    case 'builtin': return undefined
    case 'package': return `npm:${touched.name}`
    case 'global': return envNameOf(touched.name) && `env:${envNameOf(touched.name)}`
    default: return touched.kind === 'code' ? touched.id : touched.id + VALUE
  }
}

function withHash(dependency: Dependency, hash: string): Dependency {
  return dependency.kind === 'package' ? { ...dependency, version: hash } : { ...dependency, hash }
}

/** The other way round; hash and version are asked for. */
function parse(name: string): Dependency {
  if (name.startsWith('npm:')) return { kind: 'package', id: name.slice(4), version: '' }
  if (name.startsWith('env:')) return { kind: 'env', id: name.slice(4), hash: '' }
  if (name.endsWith(VALUE)) return { kind: 'value', id: name.slice(0, -VALUE.length), hash: '', isOpaque: false }
  if (name.endsWith(MADE)) return { kind: 'made', id: name.slice(0, -MADE.length), hash: '' }
  return { kind: 'code', id: name, hash: '' }
}
