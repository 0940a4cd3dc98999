import { describeValue } from '../base/describe-value.ts'
import { CallTrace, findCurrent, notTracked, parseOutside, UNTRACKED_HASH, untrackedId, type Dependency } from '../code/call-trace.ts'
import type { Closure } from '../code/closed-over.ts'
import { findClosure, findMadeIn, findOpFunction, findOpText, findUnreported, listUnsteady, opTextId, showClosure, type AnyFunction } from '../code/op-texts.ts'
import { envNameOf } from '../code/globals.ts'
import type { Touched } from '../code/links.ts'
import { MAY_BE_READ } from '../code/module-values.ts'
import { reachOf } from '../code/reach.ts'
import { findMarked, portrayMarked, type Marked } from '../code/track.ts'
import { getTracer, type Tracer as ProgramTracer } from '../code/tracer.ts'
import type { OpIdentity } from '../model/derive-ids.ts'
import type { CodeContent, CodeState, Trace, Tracer, Used } from './code-state.ts'

/** What is another thing in another file, or tells of the function around it. */
const SEES_ITS_PLACE = /\bimport\b|\brequire\b|\b__(?:file|dir)name\b|\bmodule\b|\bcallee\b|\bstack\b|\bcaptureStackTrace\b/
const OWN_NAME = /^(?:async\s+)?function\s*\*?\s*([\w$]+)/
/** What an op closes over, but for what changed while it ran. */
const CAPTURED = /^(op#.+) \(captured(?: but (.+))?\)$/
const capturedId = (op: string, except: readonly string[]): string => `${op} (captured${except.length === 0 ? '' : ` but ${except.join(', ')}`})`
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
  /** By component, the functions that this storage's ops are. */
  readonly #ops = new Map<string, AnyFunction>()
  /** By component of an op, the parts of what it closes over that changed while it ran. */
  readonly #changing = new Map<string, string[]>()
  readonly #names: Partial<Record<Dependency['kind'], Map<string, string | undefined>>> = {}

  /** @param isFollowed whether components of a file, relative to the root, count */
  constructor(isFollowed: (file: string) => boolean) {
    this.#isFollowed = isFollowed
  }

  /** Whether functions and values report by themselves. */
  get hasLoader(): boolean {
    return this.#program.hasLoader
  }

  begin(): void {
    this.#program.beginBlock()
  }

  find(component: string): CodeContent | undefined {
    if (component.startsWith('op#')) return this.#findOfOp(component)
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
    const captured = partsOf(component)
    return captured ? this.#closure(captured.op, captured.except)?.hash : this.find(component)?.hash
  }

  isReadable(component: string): boolean {
    return this.#isCode(component)
  }

  watch(component: string): (() => string | undefined) | undefined {
    if (component.endsWith(VALUE) && !BY_HAND.test(component)) return this.#program.values.watch(component.slice(0, -VALUE.length))
    const outside = parseOutside(component)
    if (outside) return this.#program.values.watch(outside.id, outside.except)
    const isLive = component.endsWith(VALUE) || component.endsWith(MADE) || CAPTURED.test(component) || component.startsWith('env:')
    return isLive ? () => this.findHash(component) : undefined
  }

  noteOp(op: OpIdentity, fn: AnyFunction): void {
    this.#ops.set(opTextId(op), fn)
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
      for (const name of namesOfTouched(touched)) {
        const content = name !== component && this.#counts(name) ? this.find(name) : undefined
        if (content) found.set(name, content)
      }
    }
    return found
  }

  start(op: OpIdentity, args: readonly unknown[]): Trace {
    const trace = new CallTrace(this.#program)
    for (const arg of args) trace.addClassesIn(arg)
    const fn = this.#functionOf(opTextId(op))
    if (fn) trace.addFunction(fn)
    const before = fn && findClosure(fn, [])
    return {
      run: (fn) => trace.run(fn),
      add: (component, hash) => trace.add(withHash(parse(component), hash), this.#findMaker(component)),
      end: () => this.#used(trace, op, before),
    }
  }

  #used(trace: CallTrace, op: OpIdentity, before: Closure | undefined): Used {
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
    const names = unreported === undefined ? [...hidden] : [...hidden, notTracked(unreported)]
    const after = before && this.#closure(own)
    if (after) {
      const changed = listChanged(before, after)
      const changing = this.#noteChanging(own, [...changed, ...listUnsteady(after, changed)])
      const { hash, untold } = changing.length === 0 ? after : this.#closure(own, changing) as Closure
      components.set(capturedId(own, changing), hash)
      for (const name of changing) names.push(`${this.#program.nameInside(name)} (closed over by its function; it changes while ops run)`)
      if (untold !== undefined) names.push(notTold(untold))
      for (const name of after.doubtful) names.push(`what its function closes over${name && `: ${name}`} (${MAY_BE_READ})`)
    }
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

  /** Another storage may have an op of the same name: this one knows those that it was called with. */
  #functionOf(op: string): AnyFunction | undefined {
    return this.#ops.get(op) ?? findOpFunction(op)
  }

  /** The text of an op, or all that its function closes over as one. */
  #findOfOp(component: string): CodeContent | undefined {
    const { op, except } = partsOf(component) ?? { op: component, except: [] }
    const fn = this.#functionOf(op)
    if (!fn) return undefined
    if (op === component) return contentOf(findOpText(fn))
    const closure = this.#closure(op, except)
    return closure && { hash: closure.hash, source: showClosure(fn) }
  }

  /** What changes in one call counts in none after it: whether it does may hang on what else was executed. */
  #noteChanging(op: string, names: readonly string[]): string[] {
    const known = this.#changing.get(op) ?? []
    if (names.every((name) => known.includes(name))) return known
    const all = [...new Set([...known, ...names])].sort()
    this.#changing.set(op, all)
    return all
  }

  /** The call in which an op was made that closes over things. */
  #findMaker(component: string): CallTrace | undefined {
    const { op } = partsOf(component) ?? {}
    const fn = op === undefined ? undefined : this.#functionOf(op)
    return fn && findMadeIn(fn)
  }

  #closure(op: string, except: readonly string[] = []): Closure | undefined {
    const fn = this.#functionOf(op)
    return fn && findClosure(fn, except)
  }

  #counts(name: string): boolean {
    const at = name.indexOf('#')
    return at < 0 || BY_HAND.test(name) || this.#isFollowed(name.slice(0, at))
  }

  #isCode(name: string): boolean {
    return name.includes('#') && !name.endsWith(VALUE) && !name.endsWith(MADE) && !parseOutside(name) && !BY_HAND.test(name)
  }

  #show({ kind, id }: Dependency, hash: string): string {
    const marked = findMarked(id)
    if (marked) return contentOfMarked(marked).source
    switch (kind) {
      case 'code': case 'made': return this.#program.program.findText(id) ?? id
      case 'value': return this.#program.values.print(id)
      case 'outside': return this.#program.values.print(parseOutside(id)?.id ?? id)
      case 'package': return `${id}@${hash}`
      // What is in it may be a secret.
      case 'env': return id.startsWith('globalThis.') || id.startsWith('import.meta.env') ? id : `process.env.${id}`
    }
  }
}

/** What of an op's function can't be told is told as a hidden input. */
function notTold(name: string): string {
  return name === ''
    ? 'what its function closes over (another function made it: write it where the op is made, or make the op a variable of the module level)'
    : `what its function closes over: ${name} hides what it holds (give it as an input, or make it a variable of the module level)`
}

/** Of the component that is what an op closes over. */
function partsOf(component: string): { readonly op: string; readonly except: readonly string[] } | undefined {
  const [, op, except] = CAPTURED.exec(component) ?? []
  return op === undefined ? undefined : { op, except: except?.split(', ') ?? [] }
}

/** The parts of what a function closes over that are others than before. */
function listChanged(before: Closure, after: Closure): string[] {
  if (before.hash === after.hash) return []
  return [...new Set([...before.parts.keys(), ...after.parts.keys()])].filter((name) => before.parts.get(name)?.hash !== after.parts.get(name)?.hash).sort()
}

function contentOfMarked(marked: Marked): CodeContent {
  if (marked.kind === 'code') return { hash: marked.hash, source: marked.text }
  const value = marked.read()
  return { hash: portrayMarked(value).hash, source: describeValue(value, 80) }
}

function contentOf(found: { readonly hash: string; readonly text: string } | undefined): CodeContent | undefined {
  return found && { hash: found.hash, source: found.text }
}

function nameOf({ kind, id }: { readonly kind: Dependency['kind']; readonly id: string }): string {
  switch (kind) {
    case 'code': case 'outside': return id
    case 'value': return id + VALUE
    case 'made': return id + MADE
    case 'package': return `npm:${id}`
    case 'env': return `env:${id}`
  }
}

/** A function or a class may carry something beside its code. */
function namesOfTouched(touched: Touched): string[] {
  switch (touched.kind) {
    case 'builtin': return []
    case 'package': return [`npm:${touched.name}`]
    case 'global': return listEnvironment(touched.name)
    case 'code': return [touched.id, touched.id + VALUE]
    case 'value': return [touched.id + VALUE]
  }
}

function listEnvironment(global: string): string[] {
  const variable = envNameOf(global)
  return variable === undefined ? [] : [`env:${variable}`]
}

function withHash(dependency: Dependency, hash: string): Dependency {
  return dependency.kind === 'package' ? { ...dependency, version: hash } : { ...dependency, hash }
}

/** The other way round; hash and version are asked for. */
function parse(name: string): Dependency {
  if (name.startsWith('npm:')) return { kind: 'package', id: name.slice(4), version: '' }
  if (name.startsWith('env:')) return { kind: 'env', id: name.slice(4), hash: '' }
  if (name.endsWith(VALUE)) return { kind: 'value', id: name.slice(0, -VALUE.length), hash: '', isOpaque: false }
  if (parseOutside(name)) return { kind: 'outside', id: name, hash: '' }
  if (name.endsWith(MADE)) return { kind: 'made', id: name.slice(0, -MADE.length), hash: '' }
  return { kind: 'code', id: name, hash: '' }
}
