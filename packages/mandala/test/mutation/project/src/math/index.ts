export * from './basic.ts'
export { mean as average, median } from './stats.ts'
export { default as spread } from './stats.ts'
export * as stats from './stats.ts'
export const PRECISION = 2
