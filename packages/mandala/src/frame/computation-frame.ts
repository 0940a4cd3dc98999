import type { ColumnTable } from 'arquero'
import { inspect } from 'node:util'
import { aBoolean, aFunction, anIterable, aRecord, describe, expectInput, expectOptions, oneOf, type Rule } from '../base/expect.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { isVersionId, type VersionId } from '../base/ids.ts'
import type { Call } from '../model/call.ts'
import type { Ref } from '../model/ref.ts'
import { renderDot, type DrawOptions } from '../render/dot.ts'
import type { FrameGraph } from '../render/frame-graph.ts'
import { renderFrameText } from '../render/frame-text.ts'
import { renderMermaid } from '../render/mermaid.ts'
import { renderSvg } from '../render/svg.ts'
import type { Dropped } from '../store/store.ts'
import { chain, type Chained } from './chained.ts'
import { check } from './check.ts'
import { intersect, subtract, subtractNodes, unite } from './combine.ts'
import { complete } from './complete.ts'
import { downstream } from './downstream.ts'
import { drop, simplify } from './drop.ts'
import { dropUnreachable } from './drop-unreachable.ts'
import { expand } from './expand.ts'
import { resolveExpansion, type ExpandOptions } from './expand-options.ts'
import type { FrameData } from './frame-data.ts'
import type { FrameHost } from './frame-host.ts'
import { toGraph } from './graph.ts'
import { describeFrame, type FrameInfo } from './info.ts'
import { mergeAll, mergeContained, mergeInto } from './merge.ts'
import { midstream } from './midstream.ts'
import { getNode, getOperation, getVariable, toOperationName } from './nodes.ts'
import { readValues } from '../web/read-values.ts'
import type { WebCall } from '../web/web.ts'
import type { Direction, Reach } from './reach.ts'
import { rename } from './rename.ts'
import { split } from './split.ts'
import { makeTable, type TableOptions } from './table.ts'
import { upstream } from './upstream.ts'
import { keepCalls, keepRefs } from './where.ts'

/** A frame that may still be on its way: every method can be called at once, and one `await` ends the chain. */
export type PendingFrame = Chained<ComputationFrame>

const aFrame: Rule = [(given) => given instanceof ComputationFrame, 'pass another frame of the same storage, awaited']
const aTest = aFunction('pass a test: (value) => value > 0.9')
const manyValues = anIterable('list the values or Refs: [5, 10]')
const aName: Rule = [(given) => typeof given === 'string', 'a name is a text']
const DRAW: Readonly<Record<keyof DrawOptions, Rule>> = { orientation: oneOf('TB', 'LR') }

/**
 * The web of saved calls, seen as variables (sets of Refs) and operations (sets of calls). A frame never changes: every verb gives a new
 * one. Nodes are known by their names; where an operation is called like a variable, `name()` is the operation.
 *
 * @throws MandalaError `FRAME_INVALID` from every verb that is given the name of a node that isn't there.
 * @example
 * const cf = await storage.cf(getAcc).expandBack({ recursive: true })
 * console.log(String(cf))
 * const table = await cf.select('nEstimators', 'acc').df()
 */
export class ComputationFrame {
  readonly #data: FrameData
  readonly #host: FrameHost

  constructor(data: FrameData, host: FrameHost) {
    this.#data = data
    this.#host = host
  }

  /** What another frame is made of. */
  static #of(verb: string, other: unknown): FrameData {
    expectInput(verb, other, aFrame)
    return (other as ComputationFrame).#data
  }

  #with(data: FrameData): ComputationFrame {
    return new ComputationFrame(data, this.#host)
  }

  #expand(directions: readonly Direction[], options: ExpandOptions): PendingFrame {
    return chain((async () => {
      try {
        return this.#with(await expand(this.#data, this.#host.reader, await resolveExpansion(this.#data, this.#host, directions, options)))
      } finally {
        this.#host.rest()
      }
    })(), ComputationFrame.prototype)
  }

  /** Adds the calls that made the frame's refs, and what they took; with `recursive`, until no ref has a creator that isn't in it. */
  expandBack(options: ExpandOptions = {}): PendingFrame {
    return this.#expand(['back'], options)
  }

  /**
   * Adds the calls that use the frame's refs, with all that they took and gave. Values that were given, not computed, are followed only
   * from variables in `vars` and from variables that stand alone: a `1` leads everywhere.
   */
  expandForward(options: ExpandOptions = {}): PendingFrame {
    return this.#expand(['forward'], options)
  }

  /** Adds every call that is connected with the frame, through whatever was computed. */
  expandAll(options: Omit<ExpandOptions, 'recursive'> = {}): PendingFrame {
    expectInput('expandAll', options, aRecord('pass options: { vars, depth, ops, skip }'), 'OPTION_INVALID')
    return this.#expand(['back', 'forward'], { ...options, recursive: options.depth === undefined })
  }

  /** Adds variables for inputs and outputs of the frame's calls that have none. */
  complete(): ComputationFrame {
    return this.#with(complete(this.#data))
  }

  /** Chooses the columns of the table, in this order, and the part of the graph that is shown; the frame stays whole behind it. */
  select(...nodes: readonly string[]): ComputationFrame {
    return this.#with({ ...this.#data, shown: nodes.map((name) => getNode(this.#data, name)) })
  }

  /** Takes nodes away, with their edges. */
  drop(...nodes: readonly string[]): ComputationFrame {
    return this.#with(drop(this.#data, nodes.map((name) => getNode(this.#data, name))))
  }

  /**
   * Keeps the computations in which a variable's value passes a test, and where it has several, all do: the rows of the table in which it
   * does, with all that stands in them. Loads the values of this variable only.
   */
  where(variable: string, predicate: (value: any) => boolean | Promise<boolean>): PendingFrame {
    return chain(this.#where(variable, predicate), ComputationFrame.prototype)
  }

  async #where(variable: string, predicate: (value: any) => boolean | Promise<boolean>): Promise<ComputationFrame> {
    expectInput('where', predicate, aTest)
    const kept = new Set<number>()
    for (const [ref, value] of await readValues(this.#data.web, getVariable(this.#data, variable))) if (await predicate(value)) kept.add(ref)
    return this.#with(keepRefs(this.#data, variable, kept))
  }

  /** Keeps the computations in which a variable has one of these values (or Refs, by what they are); loads nothing. */
  isIn(variable: string, values: Iterable<unknown>): ComputationFrame {
    expectInput('isIn', values, manyValues)
    const cids = new Set(Array.from(values, (value) => this.#host.identify(value)))
    const kept = [...getVariable(this.#data, variable)].filter((ref) => cids.has(this.#data.web.cid(ref)))
    return this.#with(keepRefs(this.#data, variable, new Set(kept)))
  }

  /**
   * Keeps the calls of an operation that were made at a version of its op; what was computed from the others goes.
   * @param version a version number of the op; or the id of a version of its code, which `storage.versions(op)` lists
   */
  atVersion(operation: string, version: number): ComputationFrame
  atVersion(operation: string, version: VersionId | (string & {})): PendingFrame
  atVersion(operation: string, version: number | VersionId | (string & {})): ComputationFrame | PendingFrame
  atVersion(operation: string, version: number | string): ComputationFrame | PendingFrame {
    const { web } = this.#data
    const { calls } = getOperation(this.#data, operation)
    const keep = (isKept: (call: WebCall) => boolean): ComputationFrame => {
      const kept = new Set([...calls].filter((call) => isKept(web.call(call))))
      if (kept.size > 0) return this.#with(keepCalls(this.#data, toOperationName(operation), kept))
      const numbers = new Set([...calls].map((call) => web.call(call).signature.version))
      throw new MandalaError('FRAME_INVALID', `The frame has no call of ${operation} at version ${describe(version)}`, {
        hint: `it has calls of ${[...numbers].sort((a, b) => a - b).join(', ') || 'none'}; storage.versions(op) lists those of the code`,
      })
    }
    if (!isVersionId(version)) return keep(({ signature }) => signature.version === version)
    return chain(this.#host.listVersionCalls(version).then((hids) => keep(({ hid }) => hids.has(hid))), ComputationFrame.prototype)
  }

  /** Keeps what leads to the given nodes. `strong` (default): calls of which all outputs in the picture do; `weak`: any. */
  upstream(nodes: string | readonly string[], how: Reach = 'strong'): ComputationFrame {
    return this.#with(upstream(this.#data, this.#nodes(nodes), how))
  }

  /** Keeps what the given nodes lead to. `strong` (default): calls of which all inputs in the picture are reached; `weak`: any. */
  downstream(nodes: string | readonly string[], how: Reach = 'strong'): ComputationFrame {
    return this.#with(downstream(this.#data, this.#nodes(nodes), how))
  }

  /** Keeps what lies between the given nodes, on a way from one to another. */
  midstream(nodes: readonly string[], how: Reach = 'strong'): ComputationFrame {
    return this.#with(midstream(this.#data, this.#nodes(nodes), how))
  }

  /** Drops what can't be reached from the refs that nothing in the frame made (`forward`) or uses (`back`). */
  dropUnreachable(direction: Direction = 'forward', how: Reach = 'strong'): ComputationFrame {
    return this.#with(dropUnreachable(this.#data, direction, how))
  }

  /** What is in either frame; nodes of one name become one. Both are of one storage. */
  union(other: ComputationFrame): ComputationFrame {
    return this.#with(unite(this.#data, ComputationFrame.#of('union', other)))
  }

  /** What is in both frames. */
  intersection(other: ComputationFrame): ComputationFrame {
    return this.#with(intersect(this.#data, ComputationFrame.#of('intersection', other)))
  }

  /** This frame without the refs and calls of the other, or, with `structural`, without its nodes. */
  difference(other: ComputationFrame, options: { readonly structural?: boolean } = {}): ComputationFrame {
    expectOptions('difference', options, { structural: aBoolean })
    return this.#with((options.structural ? subtractNodes : subtract)(this.#data, ComputationFrame.#of('difference', other)))
  }

  /** Gives nodes other names: `{ old: 'new' }`. */
  rename(names: Readonly<Record<string, string>>): ComputationFrame {
    expectInput('rename', names, aRecord("pass the names by name: { old: 'new' }"))
    for (const name of Object.values(names)) expectInput('rename', name, aName)
    return this.#with(rename(this.#data, Object.entries(names).map(([from, to]) => [getNode(this.#data, from), to])))
  }

  /** Makes the given nodes one, called like the first. Without names: merges every variable into one that has all its computed refs. */
  merge(...nodes: readonly string[]): ComputationFrame {
    return this.#with(nodes.length === 0 ? mergeContained(this.#data) : mergeAll(this.#data, this.#nodes(nodes)))
  }

  /** Moves all that a node has into another one, with its edges. */
  mergeInto(node: string, target: string): ComputationFrame {
    return this.#with(mergeInto(this.#data, getNode(this.#data, node), getNode(this.#data, target)))
  }

  /**
   * Splits a variable, and the operations at it, by what made its refs, by what uses them, or by a key for each. The first part keeps the
   * name; where calls have refs of several parts, the edge leads to a further variable that has all.
   */
  split(variable: string, by: 'creator' | 'consumer' | ((ref: Ref<unknown>) => string) = 'creator'): ComputationFrame {
    getVariable(this.#data, variable)
    if (typeof by !== 'function') expectInput('split', by, oneOf('creator', 'consumer'), 'OPTION_INVALID')
    const { web } = this.#data
    return this.#with(split(this.#data, variable, typeof by === 'function' ? (ref) => by(web.ref(ref)) : by))
  }

  /** Drops variables without a ref and operations without a call. */
  simplify(): ComputationFrame {
    return this.#with(simplify(this.#data))
  }

  /** The Refs of a variable in the order in which they were met, or of all by name. */
  refs(): Readonly<Record<string, readonly Ref<unknown>[]>>
  refs(variable: string): readonly Ref<unknown>[]
  refs(variable?: string): unknown {
    const { web, variables } = this.#data
    const list = (refs: Iterable<number>): Ref<unknown>[] => Array.from(refs, (ref) => web.ref(ref))
    return variable === undefined ? Object.fromEntries(Array.from(variables, ([name, refs]) => [name, list(refs)])) : list(getVariable(this.#data, variable))
  }

  /** The calls of an operation in the order in which they were met, or of all by name. */
  calls(): Readonly<Record<string, readonly Call[]>>
  calls(operation: string): readonly Call[]
  calls(operation?: string): unknown {
    const { web, operations } = this.#data
    const list = (calls: Iterable<number>): Call[] => Array.from(calls, (call) => web.toCall(call))
    if (operation !== undefined) return list(getOperation(this.#data, operation).calls)
    return Object.fromEntries(Array.from(operations, ([name, { calls }]) => [name, list(calls)]))
  }

  /** The values of a variable, in the order of its Refs. */
  async values(variable: string): Promise<unknown[]> {
    return [...(await readValues(this.#data.web, getVariable(this.#data, variable))).values()]
  }

  /** What a function gives for each value of each variable, by name; with `to: 'refs'` for each Ref. */
  async apply<T>(
    fn: (each: any, variable: string) => T, options: { readonly to?: 'values' | 'refs' } = {},
  ): Promise<Readonly<Record<string, Awaited<T>[]>>> {
    expectInput('apply', fn, aFunction('for example cf.apply((value) => value.length)'))
    expectOptions('apply', options, { to: oneOf('values', 'refs') })
    const applied: (readonly [name: string, results: Awaited<T>[]])[] = []
    for (const [name, refs] of Object.entries(this.refs())) {
      const given = options.to === 'refs' ? refs : await this.values(name)
      applied.push([name, await Promise.all(given.map((each) => fn(each, name)))])
    }
    return Object.fromEntries(applied)
  }

  /**
   * The frame as an Arquero table: a column for each variable and, unless `calls` is false, each operation; a row for each computation. A
   * row is a maximal trace: `null` where it has nothing, an array in the order of use where it has several refs or calls.
   *
   * `values` says what is in the cells of variables: `'objects'` (default) loads values, `'refs'` gives Refs, `'lazy'` reads a value when
   * its cell is looked at. What isn't stored, such as an external, is a Ref. `join: 'inner'` leaves out rows that lack something.
   */
  async df(options: TableOptions = {}): Promise<ColumnTable> {
    return makeTable(this.#data, options)
  }

  /** The table of the given nodes: `select(...nodes).df()`. */
  async eval(...nodes: readonly string[]): Promise<ColumnTable> {
    return this.select(...nodes).df()
  }

  /** Deletes the frame's calls from the storage, and what was computed from them; `dryRun` only says what would go. */
  async deleteCalls(options: { readonly dryRun?: boolean; readonly dependents?: boolean } = {}): Promise<Dropped> {
    expectOptions('deleteCalls', options, { dryRun: aBoolean, dependents: aBoolean })
    const { dryRun = false, dependents = true } = options
    const calls = new Set([...this.#data.operations.values()].flatMap(({ calls: numbers }) => [...numbers]))
    return this.#host.dropCalls(Array.from(calls, (call) => this.#data.web.call(call).hid), { dependents, dryRun })
  }

  /** What is in the frame, node by node. */
  info(): FrameInfo {
    return describeFrame(this.graph())
  }

  /** The shown nodes and edges as plain data. */
  graph(): FrameGraph {
    return toGraph(this.#data)
  }

  /** What breaks the frame's promise that every ref of an edge is in the variables that it leads to; nothing, unless this library has a bug. */
  check(): readonly string[] {
    return check(this.#data)
  }

  /** A line for each operation: `acc = getAcc(model, testX, y)  12 calls`. */
  toString(): string {
    return renderFrameText(this.graph())
  }

  /** For Graphviz. */
  toDot(options?: DrawOptions): string {
    return renderDot(this.graph(), drawOptions('toDot', options))
  }

  /** For Markdown pages. */
  toMermaid(options?: DrawOptions): string {
    return renderMermaid(this.graph(), drawOptions('toMermaid', options))
  }

  /** A picture, laid out by Graphviz in WebAssembly. */
  async toSvg(options?: DrawOptions): Promise<string> {
    return renderSvg(renderDot(this.graph(), drawOptions('toSvg', options)))
  }

  #nodes(names: string | readonly string[]): ReturnType<typeof getNode>[] {
    return (Array.isArray(names) ? names : [names]).map((name) => getNode(this.#data, name))
  }
}

function drawOptions(verb: string, options: DrawOptions = {}): DrawOptions {
  expectOptions(verb, options, DRAW)
  return options
}

// Outside the class body: computed names there can't be declared in isolation.
Object.defineProperty(ComputationFrame.prototype, inspect.custom, { value: ComputationFrame.prototype.toString })
Object.defineProperty(ComputationFrame.prototype, Symbol.for('Jupyter.display'), {
  value: async function display(this: ComputationFrame) {
    return { 'text/plain': this.toString(), 'text/html': await this.toSvg() }
  },
})
