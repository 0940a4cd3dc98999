import { renderCall } from './call-facts.ts'
import { renderComponentChange, renderSlotChange, type ComponentChange, type SlotChange } from './changes.ts'
import { renderDiff } from './diff.ts'
import type { CallFacts } from './explanation.ts'

/** What differs between two stored things of a kind. */
export type StoredDiff = { readonly isSame: boolean; toString(): string } & Diffed

export type Diffed =
  | { readonly kind: 'values'; readonly change: SlotChange }
  | {
    readonly kind: 'calls'; readonly calls: readonly [before: CallFacts, after: CallFacts]
    readonly inputs: readonly SlotChange[]; readonly outputs: readonly SlotChange[]; readonly code: readonly ComponentChange[]
  }
  /** Two versions of an op: the components that are in only one of them, or have another content. */
  | { readonly kind: 'versions'; readonly code: readonly ComponentChange[] }
  /** Two contents of code. */
  | { readonly kind: 'contents'; readonly lines: string }

export function renderStoredDiff(diffed: Diffed): string {
  switch (diffed.kind) {
    case 'values': return renderSlotChange(diffed.change)
    case 'calls': return renderCalls(diffed)
    case 'versions': return diffed.code.map(renderVersionChange).join('\n')
    case 'contents': return diffed.lines
  }
}

function renderCalls({ calls, inputs, outputs, code }: Extract<Diffed, { readonly kind: 'calls' }>): string {
  const part = (title: string, texts: readonly string[]): string[] => (texts.length === 0 ? [] : [title, ...texts.flatMap((text) => indent(text))])
  const [before, after] = calls
  return [
    ...indent(renderCall(before, false), '- '), ...indent(renderCall(after, false), '+ '),
    ...(before.version === after.version ? [] : [`version  ${before.version} → ${after.version}`]),
    ...part('inputs', inputs.map(renderSlotChange)), ...part('outputs', outputs.map(renderSlotChange)), ...part('code', code.map(renderComponentChange)),
  ].join('\n')
}

/** As text of a version is laid out: each component under its name. */
function renderVersionChange({ component, before, after }: ComponentChange): string {
  const side = before === undefined ? '+' : after === undefined ? '-' : ' '
  return `${side} ── ${component}\n${renderDiff(before ?? '', after ?? '')}`
}

const indent = (text: string, by: string = '  '): string[] => text.split('\n').map((line, i) => (by === '  ' || i === 0 ? by : '  ') + line)
