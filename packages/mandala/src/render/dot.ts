import type { FrameEdge, FrameGraph } from './frame-graph.ts'
import { count } from './frame-text.ts'
import { operationTitle } from './operation-title.ts'
import { printable } from './printable.ts'

export interface DrawOptions {
  /** From top to bottom (default), or from left to right. */
  readonly orientation?: 'TB' | 'LR'
}

const VARIABLE = 'fillcolor="#e8f1fb" color="#2f6fb3" style="rounded,filled"'
const OPERATION = 'fillcolor="#fdf3e1" color="#b3762f" style="filled"'

/** A frame in the DOT language of Graphviz. */
export function renderDot({ variables, operations, edges }: FrameGraph, { orientation = 'TB' }: DrawOptions = {}): string {
  const box = (title: string, lines: readonly string[], style: string): string =>
    `[label=<${escape(title)}${lines.map((line) => `<br/><font point-size="9" color="#555555">${escape(line)}</font>`).join('')}> ${style}]`
  return [
    'digraph frame {',
    `  rankdir=${orientation}; bgcolor="white"; nodesep=0.3; ranksep=0.35`,
    '  node [shape=box fontname="Helvetica" fontsize=12 margin="0.18,0.07" height=0.3]',
    '  edge [fontname="Helvetica" fontsize=9 color="#777777" fontcolor="#555555" arrowsize=0.7]',
    ...variables.map(({ name, refs }) => `  ${quote(`v ${name}`)} ${box(name, [count(refs, 'ref')], VARIABLE)}`),
    ...operations.map(({ name, op, calls }) => {
      const title = operationTitle({ name, op })
      return `  ${quote(`o ${name}`)} ${box(title, [...(op === name || title !== name ? [] : [op]), count(calls, 'call')], OPERATION)}`
    }),
    ...edges.map(renderEdge),
    '}',
  ].join('\n')
}

function renderEdge({ operation, variable, label, side, refs }: FrameEdge): string {
  const [from, to] = side === 'input' ? [`v ${variable}`, `o ${operation}`] : [`o ${operation}`, `v ${variable}`]
  const text = label === variable || label === 'output' ? String(refs) : `${label} · ${refs}`
  return `  ${quote(from)} -> ${quote(to)} [label=${quote(` ${text}`)}]`
}

const quote = (text: string): string => `"${printable(text.replace(/[\\"]/g, '\\$&'))}"`
const escape = (text: string): string => printable(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
