import { RATE } from './constants.ts'

export const NOTE = 'lazy'
export default (x: number): string => `${NOTE} ${x * RATE}`
export function explain(x: number): string {
  return `${x} is ${x > 5 ? 'large' : 'small'}`
}
