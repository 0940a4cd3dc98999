import { renderColumns } from './columns.ts'
import { count } from './frame-text.ts'
import { renderTree } from './tree-text.ts'
import { renderBytes, renderCallDuration, renderTime } from './units.ts'

type Tree = Parameters<typeof renderTree>[0]
type Tags = Readonly<Record<string, string | number | boolean>>

interface Slot {
  readonly name: string
  readonly hid: string
  readonly text: string
}

interface Call {
  readonly kind: 'call'
  readonly hid: string
  readonly op: string
  readonly version: number
  readonly inputs: readonly Slot[]
  readonly outputs: readonly Slot[]
  readonly left: number
  readonly startedAtMs: number
  readonly durationMs: number
  readonly isAdopted: boolean
  readonly notes: Readonly<Record<string, number | string>>
  readonly process: {
    readonly host: string; readonly pid: number; readonly program: string; readonly package: string | undefined; readonly commit: string | undefined
  } | null
  readonly codeVersion: string | null
  readonly inner: readonly string[]
  readonly tags: Tags
  readonly upstream: Tree
  readonly downstream: Tree
}

interface Ref {
  readonly kind: 'ref'
  readonly hid: string
  readonly cid: string
  readonly refKind: string
  readonly type: string
  readonly bytes: number
  readonly text: string
  readonly tags: Tags
  readonly upstream: Tree
  readonly downstream: Tree
}

/** A call or a ref, with where it comes from and what came of it. */
export function renderDescription(what: Call | Ref, widthMax?: number): string {
  return what.kind === 'call' ? renderCall(what, widthMax) : renderRef(what)
}

function renderCall(call: Call, widthMax: number | undefined): string {
  const rows = (side: string, slots: readonly Slot[]): string[][] => slots.map(({ name, hid, text }) => [side, name, hid.slice(0, 8), text])
  const table = renderColumns(['', 'name', 'ref', 'value'], [...rows('in', call.inputs), ...rows('out', call.outputs)], { widthMax, ids: ['ref'] })
  return [
    `${call.op}${call.version === 0 ? '' : ` v${call.version}`}, call ${call.hid}`,
    renderRun(call),
    ...Object.entries(call.notes).map(([name, value]) => `${name}: ${value}`),
    ...renderTags(call.tags),
    ...(call.codeVersion === null ? [] : [`code version ${call.codeVersion.slice(0, 8)}`]),
    '', table,
    ...(call.left === 0 ? [] : [`… ${call.left.toLocaleString('en-US')} more`]),
    ...(call.inner.length === 0 ? [] : ['', `It made ${count(call.inner.length, 'call')} itself: ${call.inner.slice(0, 8).map((hid) => hid.slice(0, 8)).join(', ')}`]),
    ...renderTrees(call, 'How its inputs came about'),
  ].join('\n')
}

function renderTags(tags: Tags): string[] {
  const all = Object.entries(tags).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return all.length === 0 ? [] : [`tagged ${all.join(' ')}`]
}

/** When, how long and where its function ran. */
function renderRun({ startedAtMs, durationMs, isAdopted, process }: Call): string {
  const { host, pid, program, package: owner, commit } = process ?? {}
  const where = process === null ? '' : ` on ${host}, process ${pid}${program === '' ? '' : `, ${program}`}`
  const what = [...(owner === undefined ? [] : [owner]), ...(commit === undefined ? [] : [`commit ${commit.slice(0, 10)}`])].join(', ')
  const ran = `${isAdopted ? 'nothing ran: as an equal call, ' : ''}${renderTime(startedAtMs)} for ${renderCallDuration(durationMs)}`
  return `${ran}${where}${what === '' ? '' : ` (${what})`}`
}

function renderRef(ref: Ref): string {
  const facts = [
    ...(ref.refKind === 'value' || ref.refKind === 'external' ? [] : [ref.refKind]), ref.type, ...(ref.bytes === 0 ? [] : [`${renderBytes(ref.bytes)} stored`]),
  ]
  return [
    `ref ${ref.hid}`, `${facts.join(', ')}; content ${ref.cid}`, ...(ref.text === ref.type ? [] : ['', ref.text]), ...renderTrees(ref, 'How it came about'),
  ].join('\n')
}

function renderTrees({ upstream, downstream }: { readonly upstream: Tree; readonly downstream: Tree }, title: string): string[] {
  const up = upstream.branches.length === 0 ? [] : ['', title, renderTree(upstream, 'up')]
  return [...up, ...(downstream.branches.length === 0 ? [] : ['', 'What was computed from it', renderTree(downstream, 'down')])]
}
