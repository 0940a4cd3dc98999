import { isFunctionNode, walk, type Node } from './tree.ts'
import type { Mutation } from './mutations.ts'

const of = (text: string, node: Node): string => text.slice(node.start, node.end)
const isStatement = (node: Node, outer: readonly Node[]): boolean => /^(Program|BlockStatement)$/.test(outer.at(-1)?.type ?? '')
  && /Statement$|Declaration$/.test(node.type)
const isPlainExpression = (node: Node): boolean => /^(Binary|Logical|Call|Member)Expression$|^NumericLiteral$/.test(node.type)
const isValueOf = (node: Node, parent: Node): boolean =>
  parent.type === 'ReturnStatement' || parent.type === 'VariableDeclarator' && parent.init === node || /^(Binary|Logical)Expression$/.test(parent.type)

/** Changes that mean nothing, by what they replace. */
export const NEUTRAL_MUTATIONS: Readonly<Record<string, Mutation>> = {
  'comment before a statement': ({ node, outer, text }) => (isStatement(node, outer) ? `// said again: ${node.type}\n${of(text, node)}` : undefined),
  'comment inside': ({ node, outer, text }) => (isPlainExpression(node) && isValueOf(node, outer.at(-1)!) ? `/* ${node.type} */ ${of(text, node)}` : undefined),
  'blank lines': ({ node, outer, text }) => (isStatement(node, outer) ? `\n\n   ${of(text, node)}\n` : undefined),
  'semicolon': ({ node, outer, text }) => (isStatement(node, outer) && /^(Expression|Return|Throw)Statement$|^Variable/.test(node.type)
    ? `${of(text, node)};` : undefined),
  'parentheses': ({ node, outer, text }) => (isPlainExpression(node) && isValueOf(node, outer.at(-1)!) ? `(${of(text, node)})` : undefined),
  'other quotes': ({ node, outer }) =>
    (node.type === 'StringLiteral' && /^[^"\\\n]*$/.test(node.value) && !/Import|Export/.test(outer.at(-1)!.type) ? JSON.stringify(node.value) : undefined),
  'let for const in a function': ({ node, outer, text }) =>
    (node.type === 'VariableDeclaration' && node.kind === 'const' && outer.some(isFunctionNode) ? of(text, node).replace('const', 'let') : undefined),
  'assertion': ({ node, outer, text }) => (node.type === 'Identifier' && outer.at(-1)!.type === 'ReturnStatement' ? `${of(text, node)} as any` : undefined),
  'braces': ({ node, outer, text }) =>
    (/^(Return|Throw|Break)Statement$/.test(node.type) && outer.at(-1)!.type === 'IfStatement' ? `{ ${of(text, node)} }` : undefined),
  'unused function after': ({ node, outer, text }) => (node.type === 'FunctionDeclaration' && isStatement(node, outer)
    ? `${of(text, node)}\nfunction spare() { return 1 }\n` : undefined),
  'local type': ({ node, outer, text }) => (isStatement(node, outer) && outer.at(-1)!.type === 'BlockStatement'
    ? `type Local = string\n${of(text, node)}` : undefined),
  'parameter of an arrow renamed': ({ node, outer, text }) => {
    const [only, ...more] = (node.params ?? []) as Node[]
    // The inputs of an op go by its names.
    const isOp = outer.at(-1)?.callee?.name === 'op'
    if (node.type !== 'ArrowFunctionExpression' || only?.type !== 'Identifier' || more.length > 0 || isOp) return undefined
    return renamed(text, node, only.name, `${only.name}Given`)
  },
  'local constant renamed': ({ node, outer, text }) => {
    const declared = node.type === 'BlockStatement' && isFunctionNode(outer.at(-1)!) ? firstConstant(node) : undefined
    return declared === undefined ? undefined : renamed(text, node, declared, `${declared}Found`)
  },
}

function firstConstant(block: Node): string | undefined {
  const declaration = (block.body as Node[]).find(({ type }) => type === 'VariableDeclaration')
  const id = declaration?.declarations[0].id
  return id?.type === 'Identifier' ? id.name : undefined
}

/** Undefined where the name means something else too. */
function renamed(text: string, node: Node, from: string, to: string): string | undefined {
  const places = [...walk(node)].filter(([each]) => each.type === 'Identifier' && each.name === from)
  const isUnclear = places.some(([each, outer]) => {
    const parent = outer.at(-1)!
    return parent.shorthand === true || (parent.property === each || parent.key === each) && !parent.computed
  })
  if (isUnclear) return undefined
  const starts = [...new Set(places.map(([{ start }]) => start))].sort((a, b) => b - a)
  return starts.reduce((all, at) => all.slice(0, at - node.start) + to + all.slice(at - node.start + from.length), of(text, node))
}
