import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** A library that is run once as it is and once as tracked code. */
export interface Workload {
  readonly name: string
  /** The package, or the folder, that is tracked. */
  readonly folder: string
  readonly entry: string
  /** Calls of what would be an op, of some milliseconds; what it gives shows that the plain and the tracked code do the same. */
  run(library: any, call: Call): unknown
}

export type Call = (fn: () => unknown) => unknown

const require = createRequire(import.meta.url)

export function folderOf(name: string): string {
  let folder = dirname(require.resolve(name))
  while (!folder.endsWith(join('node_modules', name))) folder = dirname(folder)
  return folder
}

const words = ['spam', 'offer', 'meeting', 'the', 'report', 'win', 'prize', 'today', 'budget', 'plan', 'click', 'deadline', 'free', 'team']
const word = (i: number): string => `${words[(i * 7 + (i >> 3)) % words.length]}${i % 23}`

const csv: string = ['id;label;text', ...Array.from({ length: 120 }, (_, i) =>
  `${i};${i % 2};"${Array.from({ length: 30 }, (_, k) => word(i * 31 + k * (i % 2 ? 3 : 5))).join(' ')}"`)].join('\n')

const longCsv = [csv, ...Array.from({ length: 5 }, () => csv.slice(csv.indexOf('\n') + 1))].join('\n')

const acornText = readFileSync(join(folderOf('acorn'), 'dist/acorn.mjs'), 'utf8').slice(0, 60_000)
const source = acornText.slice(0, acornText.lastIndexOf('\n\n'))
const markdown = Array.from({ length: 60 }, (_, i) =>
  `## Part ${i}\n\n${word(i)} *${word(i + 1)}* \`code\` [link](http://x/${i})\n\n- one\n- **two**\n\n| a | b |\n|---|---|\n| ${i} | 2 |\n`).join('\n')
const numbers = Array.from({ length: 4000 }, (_, i) => Math.sin(i) * 100 + i)
const documentText = Array.from({ length: 80 }, (_, i) => `item${i}:\n  name: ${word(i)}\n  tags: [a, b, ${i}]\n  nested: { x: ${i}, y: "z" }\n`).join('')

export const LIBRARIES: readonly Workload[] = [
  {
    name: 'acorn (parser)', folder: folderOf('acorn'), entry: 'dist/acorn.mjs',
    run: ({ parse }, call) => call(() => parse(source, { ecmaVersion: 'latest', sourceType: 'module' }).body.length),
  },
  { name: 'marked (Markdown)', folder: folderOf('marked'), entry: 'lib/marked.esm.js', run: ({ marked }, call) => call(() => marked.parse(markdown).length) },
  {
    name: 'csv-parse (CSV)', folder: folderOf('csv-parse'), entry: 'lib/sync.js',
    run: ({ parse }, call) => call(() => parse(longCsv, { delimiter: ';', columns: true }).length),
  },
  { name: 'yaml (YAML)', folder: folderOf('yaml'), entry: 'dist/index.js', run: ({ parse }, call) => call(() => Object.keys(parse(documentText)).length) },
  { name: 'ml-matrix (matrices)', folder: folderOf('ml-matrix'), entry: 'matrix.js', run: (library, call) => call(() => runMatrix(library)) },
  { name: 'lodash-es (collections)', folder: folderOf('lodash-es'), entry: 'lodash.js', run: (library, call) => call(() => runLodash(library)) },
  { name: 'simple-statistics', folder: folderOf('simple-statistics'), entry: 'dist/simple-statistics.mjs', run: (library, call) => call(() => runStatistics(library)) },
  { name: 'date-fns (dates)', folder: folderOf('date-fns'), entry: 'index.js', run: (library, call) => call(() => runDates(library)) },
]

const pipeline = { folder: join(import.meta.dirname, 'pipeline'), entry: 'main.ts' }
const CALLS_IN_FLIGHT = 20

export const PIPELINES: readonly Workload[] = [
  { name: 'pipeline', ...pipeline, run: ({ runPipeline }, call) => call(() => runPipeline(csv)) },
  { name: 'pipeline, async alone', ...pipeline, run: ({ runPipelineAsync }, call) => call(() => runPipelineAsync(csv)) },
  {
    name: 'pipeline, 20 in flight', ...pipeline,
    run: ({ runPipelineAsync }, call) => Promise.all(Array.from({ length: CALLS_IN_FLIGHT }, () => call(() => runPipelineAsync(csv)))),
  },
]

export const WORKLOADS: readonly Workload[] = [...LIBRARIES, ...PIPELINES]

function runMatrix({ Matrix, SingularValueDecomposition, inverse }: any): number {
  const matrix = new Matrix(Array.from({ length: 30 }, (_, i) => Array.from({ length: 30 }, (_, k) => Math.cos(i * k) + (i === k ? 3 : 0))))
  return Math.round(1e6 * (new SingularValueDecomposition(matrix).condition + inverse(matrix).mmul(matrix).trace()))
}

function runLodash({ default: _ }: any): number {
  const rows = numbers.slice(0, 400).map((x, i) => ({ x, group: i % 7, tags: [word(i), word(i + 1)], deep: { a: { b: i } } }))
  const grouped = _.mapValues(_.groupBy(_.sortBy(rows, ['group', 'x']), 'group'), (each: any) => _.sumBy(each, 'deep.a.b'))
  return _.size(_.cloneDeep(rows)) + _.sum(_.values(grouped)) + _.uniq(_.flatMap(rows, 'tags')).length + Number(_.isEqual(rows, _.cloneDeep(rows)))
}

function runStatistics(library: any): number {
  const { mean, median, standardDeviation, quantile, linearRegression, ckmeans, sampleCorrelation } = library
  const line = linearRegression(numbers.map((x, i) => [i, x]))
  const parts = [mean(numbers), median(numbers), standardDeviation(numbers), quantile(numbers, 0.9), line.m, ckmeans(numbers.slice(0, 400), 5).length,
    sampleCorrelation(numbers, numbers.toReversed())]
  return Math.round(1e6 * parts.reduce((sum, part) => sum + part, 0))
}

function runDates({ addDays, format, parseISO, differenceInCalendarDays, startOfWeek, eachDayOfInterval }: any): string {
  const start = parseISO('2024-01-31T10:00:00')
  const days = eachDayOfInterval({ start, end: addDays(start, 540) })
  return days.map((day: Date) => format(startOfWeek(day), 'yyyy-MM-dd EEE') + differenceInCalendarDays(day, start)).join().slice(-40)
}
