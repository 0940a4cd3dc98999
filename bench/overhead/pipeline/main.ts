import { kMeans, LogisticRegression } from './learn.ts'
import { parseRows } from './rows.ts'
import { tfIdf } from './tf-idf.ts'

const CLUSTERS = 3

/** Rows to vectors to a model and clusters: what an experiment does, in small. */
export function runPipeline(text: string): readonly number[] {
  const rows = parseRows(text)
  const { vectors } = tfIdf(rows.map((row) => row.text))
  const model = new LogisticRegression().fit(vectors, rows.map((row) => row.label))
  const right = vectors.filter((vector, i) => Math.round(model.predict(vector)) === rows[i]?.label).length
  return [right, ...kMeans(vectors, CLUSTERS)]
}

/** The same in stages between which others run. */
export async function runPipelineAsync(text: string): Promise<readonly number[]> {
  const rows = parseRows(text)
  await pause()
  const { vectors } = tfIdf(rows.map((row) => row.text))
  await pause()
  const model = new LogisticRegression().fit(vectors, rows.map((row) => row.label))
  await pause()
  const right = vectors.filter((vector, i) => Math.round(model.predict(vector)) === rows[i]?.label).length
  await pause()
  return [right, ...kMeans(vectors, CLUSTERS)]
}

function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
