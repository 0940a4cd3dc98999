interface Node {
  readonly names: readonly string[]
  readonly op: string | undefined
  readonly hid: string
  readonly text: string | undefined
  readonly branches: readonly Node[]
  readonly left: number
  readonly cut?: 'elsewhere' | 'deep'
}

type Tree = Pick<Node, 'branches' | 'left'>

const CUT = { elsewhere: ' (shown elsewhere)', deep: ' …' }

/** A tree of calls, with a line for each. */
export function renderTree(tree: Tree, direction: 'up' | 'down'): string {
  return renderBranches(tree, direction, '').join('\n')
}

function renderBranches({ branches, left }: Tree, direction: 'up' | 'down', indent: string): string[] {
  const rest = left > 0 ? [`${left.toLocaleString('en-US')} more`] : []
  const count = branches.length + rest.length
  const lines = branches.flatMap((node, i) => {
    const isLast = i === count - 1
    return [`${indent}${isLast ? '└─' : '├─'} ${renderNode(node, direction)}`, ...renderBranches(node, direction, `${indent}${isLast ? '  ' : '│ '} `)]
  })
  return [...lines, ...rest.map((text) => `${indent}└─ … ${text}`)]
}

function renderNode({ names, op, hid, text, cut }: Node, direction: 'up' | 'down'): string {
  const named = names.join(', ')
  if (op === undefined) return named === '' ? `given: ${text}` : `${named} = ${text}`
  const call = `${op} ${hid.slice(0, 8)}`
  const end = cut === undefined ? '' : CUT[cut]
  if (direction === 'up') return `${named}${named === '' ? '' : ' '}← ${call}${end}`
  return `${named} → ${call}${text === undefined || text === '' ? '' : `: ${text}`}${end}`
}
