import type { FrameGraph } from './frame-graph.ts'
import { count } from './frame-text.ts'
import type { DrawOptions } from './dot.ts'
import { operationTitle } from './operation-title.ts'
import { printable } from './printable.ts'

/** A frame as a Mermaid flowchart, which Markdown pages on GitHub and GitLab draw. */
export function renderMermaid({ variables, operations, edges }: FrameGraph, { orientation = 'TB' }: DrawOptions = {}): string {
  const ids = new Map([...variables.map(({ name }) => `v ${name}`), ...operations.map(({ name }) => `o ${name}`)].map((key, i) => [key, `n${i}`]))
  return [
    `flowchart ${orientation}`,
    ...variables.map(({ name, refs }) => `  ${ids.get(`v ${name}`)}(["${escape(name)}<br/><small>${count(refs, 'ref')}</small>"])`),
    ...operations.map(({ name, op, calls }) => `  ${ids.get(`o ${name}`)}["${escape(operationTitle({ name, op }))}<br/><small>${count(calls, 'call')}</small>"]`),
    ...edges.map(({ operation, variable, label, side }) => {
      const [from, to] = side === 'input' ? [`v ${variable}`, `o ${operation}`] : [`o ${operation}`, `v ${variable}`]
      const text = label === variable || label === 'output' ? '' : `|"${escape(label)}"|`
      return `  ${ids.get(from)} -->${text} ${ids.get(to)}`
    }),
  ].join('\n')
}

const escape = (text: string): string => printable(text).replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/#/g, '&#35;')
