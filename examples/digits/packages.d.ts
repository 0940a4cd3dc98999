declare module 'mnist' {
  interface Digit {
    readonly length: number
    /** A picture as 784 grey values from 0 to 1. */
    get(index: number): number[]
  }
  const digits: Readonly<Record<number, Digit>>
  export default digits
}
