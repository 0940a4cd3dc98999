import { isFunctionNode, parseText, walk, type Node } from './tree.ts'

/** A change of one stretch of a file. */
export interface Edit {
  readonly kind: string
  readonly file: string
  readonly start: number
  readonly end: number
  readonly text: string
}

interface Place {
  readonly node: Node
  readonly outer: readonly Node[]
  readonly text: string
}

/** What a node may be replaced by; `undefined` where this mutation doesn't fit. */
export type Mutation = (place: Place) => string | undefined

const SWAPPED: Readonly<Record<string, string>> = { '+': '-', '-': '+', '*': '+', '/': '*', '%': '*', '**': '*', '>>': '<<' }
const COMPARED: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>', '===': '!==', '!==': '===' }

const of = (text: string, node: Node): string => text.slice(node.start, node.end)
const between = (text: string, node: Node, left: Node, right: Node, operator: string): string =>
  text.slice(node.start, left.end) + text.slice(left.end, right.start).replace(node.operator, operator) + text.slice(right.start, node.end)
const parentOf = ({ outer }: Place): Node => outer.at(-1) as Node
const isKey = (place: Place): boolean => parentOf(place).key === place.node || /^(Import|Export|TSExternal)/.test(parentOf(place).type)
const isCondition = (place: Place): boolean => /^(If|While)Statement$|^ConditionalExpression$/.test(parentOf(place).type) && parentOf(place).test === place.node
const without = (text: string, node: Node, list: readonly Node[], index: number): string => {
  const next = list[index + 1]
  const [from, to] = next ? [list[index]!.start, next.start] : [list[index - 1]?.end ?? list[index]!.start, list[index]!.end]
  return text.slice(node.start, from) + text.slice(to, node.end)
}

/** Real changes that fit any program, by what they replace. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'number plus one': ({ node, text }) => (node.type === 'NumericLiteral' ? String(Number(of(text, node)) + 1) : undefined),
  'number to zero': ({ node }) => (node.type === 'NumericLiteral' && node.value !== 0 ? '0' : undefined),
  'string longer': (place) => (place.node.type === 'StringLiteral' && !isKey(place) ? `'${place.node.value}~'` : undefined),
  'template text': ({ node, text }) => (node.type === 'TemplateElement' && node.start < node.end ? `${of(text, node)}*` : undefined),
  'boolean flipped': ({ node }) => (node.type === 'BooleanLiteral' ? String(!node.value) : undefined),
  'regex flags': ({ node }) => (node.type === 'RegExpLiteral' ? `/${node.pattern}/${node.flags}i` : undefined),
  'regex pattern': ({ node }) => (node.type === 'RegExpLiteral' ? `/x?${node.pattern}/${node.flags}` : undefined),
  'operator': ({ node, text }) => (node.type === 'BinaryExpression' && SWAPPED[node.operator] ? between(text, node, node.left, node.right,
    SWAPPED[node.operator]!) : undefined),
  'comparison': ({ node, text }) => (node.type === 'BinaryExpression' && COMPARED[node.operator] ? between(text, node, node.left, node.right,
    COMPARED[node.operator]!) : undefined),
  'logical operator': ({ node, text }) => (node.type === 'LogicalExpression'
    ? `(${of(text, node.left)}) ${node.operator === '&&' ? '||' : '&&'} (${of(text, node.right)})` : undefined),
  'condition negated': (place) => (isCondition(place) ? `!(${of(place.text, place.node)})` : undefined),
  'condition always': (place) => (isCondition(place) ? 'true as boolean' : undefined),
  'branches swapped': ({ node, text }) =>
    (node.type === 'ConditionalExpression' ? `${of(text, node.test)} ? (${of(text, node.alternate)}) : (${of(text, node.consequent)})` : undefined),
  'operands swapped': ({ node, text }) => (node.type === 'BinaryExpression' ? `(${of(text, node.right)}) ${node.operator} (${of(text, node.left)})` : undefined),
  'arguments swapped': ({ node, text }) => {
    const [a, b] = (node.arguments ?? []) as Node[]
    if (!/CallExpression|NewExpression/.test(node.type) || !a || !b) return undefined
    return text.slice(node.start, a.start) + of(text, b) + text.slice(a.end, b.start) + of(text, a) + text.slice(b.end, node.end)
  },
  'argument dropped': ({ node, text }) =>
    (/^(Call|New)Expression$/.test(node.type) && node.arguments.length > 1 ? without(text, node, node.arguments, node.arguments.length - 1) : undefined),
  'element dropped': ({ node, text }) => (node.type === 'ArrayExpression' && node.elements.length > 0 ? without(text, node, node.elements, 0) : undefined),
  'element twice': ({ node, text }) =>
    (node.type === 'ArrayExpression' && node.elements.length > 0 ? `[${of(text, node.elements[0])}, ${text.slice(node.start + 1, node.end)}` : undefined),
  'entry dropped': ({ node, text }) => (node.type === 'ObjectExpression' && node.properties.length > 1 ? without(text, node, node.properties, 0) : undefined),
  'entry added': ({ node, text }) => (node.type === 'ObjectExpression' ? `{ added: 1, ${text.slice(node.start + 1, node.end)}` : undefined),
  'default changed': ({ node, text }) => (node.type === 'AssignmentPattern' ? `${of(text, node.left)} = ${of(text, node.right)} as any || 7` : undefined),
  'default dropped': ({ node, text }) => (node.type === 'AssignmentPattern' && node.left.type === 'Identifier' ? of(text, node.left) : undefined),
  'statement removed': ({ node, outer }) =>
    (/^(ExpressionStatement|IfStatement|For(Of)?Statement)$/.test(node.type) && outer.at(-1)?.type === 'BlockStatement' ? '' : undefined),
  'top-level statement removed': ({ node, outer }) => (/^(ExpressionStatement|IfStatement|For(Of)?Statement)$/.test(node.type) && outer.length === 1
    ? '' : undefined),
  'early return': ({ node, outer, text }) =>
    (node.type === 'BlockStatement' && isFunctionNode(outer.at(-1)!) && outer.at(-1)!.kind !== 'constructor'
      ? `{ return undefined as never;${text.slice(node.start + 1, node.end)}` : undefined),
  'a branch returns early': ({ node, outer, text }) =>
    (node.type === 'BlockStatement' && outer.at(-1)!.type === 'IfStatement' && outer.some(isFunctionNode)
      ? `{ return undefined as never;${text.slice(node.start + 1, node.end)}` : undefined),
  'throws': ({ node, outer, text }) =>
    (node.type === 'BlockStatement' && isFunctionNode(outer.at(-1)!) && !/constructor/.test(outer.at(-1)!.kind)
      ? `{ if (Math.max(1) === 1) throw new Error('thrown');${text.slice(node.start + 1, node.end)}` : undefined),
  'result wrapped': ({ node, text }) => (node.type === 'ReturnStatement' && node.argument ? `return [${of(text, node.argument)}] as never` : undefined),
  'arrow result wrapped': ({ node, outer, text }) =>
    (outer.at(-1)?.type === 'ArrowFunctionExpression' && outer.at(-1)!.body === node && node.type !== 'BlockStatement'
      ? `(${of(text, node)} as any) ?? 1` : undefined),
  'other assignment': ({ node, text }) => (node.type === 'AssignmentExpression' && node.operator === '+=' ? of(text, node).replace('+=', '-=') : undefined),
  'loop start': ({ node, text }) => (node.type === 'ForStatement' && node.init ? of(text, node).replace(/= (\w+)/, '= $1 + 1') : undefined),
  'case label': ({ node, text }) => (node.type === 'SwitchCase' && node.test?.type === 'StringLiteral' ? of(text, node).replace(node.test.value,
    `${node.test.value}2`) : undefined),
  'optional fallback': ({ node, text }) => (node.type === 'LogicalExpression' && node.operator === '??' ? of(text, node.left) : undefined),
  'method renamed': ({ node, text }) =>
    (node.type === 'MemberExpression' && METHODS[node.property.name] ? `${of(text, node.object)}.${METHODS[node.property.name]}` : undefined),
  'function replaced': ({ node, outer, text }) =>
    (node.type === 'ArrowFunctionExpression' && outer.at(-1)!.type === 'CallExpression' && !node.async
      ? `(...given: any[]) => [${JSON.stringify(text.length)}, given.length].join('/') as never` : undefined),
  'member initialiser': ({ node, text }) => (node.type === 'TSEnumMember' && node.initializer ? `${of(text, node.id)} = 3` : undefined),
  'field value': ({ node, text }) => (node.type === 'ClassProperty' && node.value ? of(text, node).replace(of(text, node.value),
    `(${of(text, node.value)}, 9)`) : undefined),
  'accessor result': ({ node, text }) => (node.type === 'ClassMethod' && node.kind === 'get' ? of(text, node).replace(/return ([^\n}]+)/,
    'return [$1] as never') : undefined),
  'base method shadowed': ({ node, text }) =>
    (node.type === 'ClassBody' && /\{\n/.test(of(text, node)) && !of(text, node).includes('get sides')
      ? `{\n  get sides(): number { return 8 }\n${of(text, node).slice(1)}` : undefined),
  'generator gives more': ({ node, text }) => (node.type === 'YieldExpression' && !node.delegate ? `(yield ${of(text, node.argument)}, yield 77)` : undefined),
}

const METHODS: Readonly<Record<string, string>> = { toUpperCase: 'toLowerCase', toLowerCase: 'toUpperCase', map: 'flatMap', round: 'ceil', floor: 'ceil',
  max: 'min', min: 'max', push: 'unshift', startsWith: 'endsWith' }

/** All places where a mutation fits. */
export function findEdits(kind: string, mutate: Mutation, files: ReadonlyMap<string, string>): Edit[] {
  return [...files].flatMap(([file, text]) => walked(text).flatMap(([node, outer]) => {
    const replaced = outer.length > 0 ? mutate({ node, outer, text }) : undefined
    return replaced === undefined || replaced === of(text, node) ? [] : [{ kind, file, start: node.start, end: node.end, text: replaced }]
  }))
}

const trees = new Map<string, Node>()

export function parsed(text: string): Node {
  let tree = trees.get(text)
  if (!tree) trees.set(text, (tree = parseText(text)))
  return tree
}

const walks = new Map<string, readonly (readonly [node: Node, outer: readonly Node[]])[]>()

/** Every node of a text; asked for again and again, as most files of a program stay as they are. */
export function walked(text: string): readonly (readonly [node: Node, outer: readonly Node[]])[] {
  let nodes = walks.get(text)
  if (!nodes) walks.set(text, (nodes = [...walk(parsed(text))]))
  return nodes
}
