import { childrenOf, isFunctionNode, parseText, type Node } from './tree.ts'

/** Functions that a call entered, as `file:start-end` of the source. */
export type Entered = ReadonlySet<string>

/** Lets every function say that it was entered, and every loop that it goes on; independent of what the library itself does. */
export function addProbes(file: string, text: string): string {
  const insertions: [at: number, text: string][] = []
  const visit = (node: Node): void => {
    if (isFunctionNode(node) && node.body) {
      const call = `$probe(${JSON.stringify(`${file}:${node.start}-${node.end}`)})`
      if (node.body.type === 'BlockStatement') insertions.push([node.body.start + 1, `${call};`])
      else insertions.push([bodyStart(text, node), `(${call},`], [bodyEnd(text, node), ')'])
    }
    if (/^(For|ForOf|While)Statement$/.test(node.type)) insertions.push([node.body.start, '{$turn();'], [node.body.end, '}'])
    for (const child of childrenOf(node)) visit(child)
  }
  visit(parseText(text))
  // Of those at one place the first comes first.
  insertions.reverse().sort(([a], [b]) => b - a)
  return insertions.reduce((probed, [at, inserted]) => probed.slice(0, at) + inserted + probed.slice(at), text)
}

/** With the parentheses around it. */
function bodyStart(text: string, fn: Node): number {
  return text.lastIndexOf('=>', fn.body.start) + 2
}

function bodyEnd(_text: string, fn: Node): number {
  return fn.end
}
