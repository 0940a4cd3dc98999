/** Columns that the rest of the pipeline needs, in the order of the header. */
const COLUMNS = ['id', 'label', 'text'] as const
const SEPARATOR = ';'

export interface Row {
  readonly id: number
  readonly label: number
  readonly text: string
}

function splitLine(line: string): string[] {
  const cells: string[] = []
  let cell = ''
  let isQuoted = false
  for (const character of line) {
    if (character === '"') isQuoted = !isQuoted
    else if (character === SEPARATOR && !isQuoted) {
      cells.push(cell)
      cell = ''
    } else cell += character
  }
  cells.push(cell)
  return cells
}

export function parseRows(text: string): Row[] {
  const [header, ...lines] = text.trim().split('\n')
  const positions = COLUMNS.map((column) => splitLine(header as string).indexOf(column))
  return lines.map((line) => {
    const cells = splitLine(line)
    const [id, label, body] = positions.map((position) => cells[position] ?? '')
    return { id: Number(id), label: Number(label), text: body as string }
  })
}
