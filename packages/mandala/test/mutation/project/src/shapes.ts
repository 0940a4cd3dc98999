import { RATE } from './constants.ts'
import { square } from './math/index.ts'

export abstract class Shape {
  static count = 3
  static #unit = 'cm'
  readonly scale: number = 1
  abstract area(): number

  constructor(scale = 1) {
    this.scale = scale
  }

  describe(): string {
    return `${this.name} ${this.#rounded()} ${Shape.#unit}${this.sides}`
  }

  get name(): string {
    return 'shape'
  }

  get sides(): number { return 0 }

  #rounded(): number {
    return Math.round(this.area() * this.scale * 100) / 100
  }

  static create(kind: string, size: number): Shape {
    if (kind === 'circle') return new Circle(size)
    if (kind === 'square') return new Square(size, Shape.count)
    return new Blob(size)
  }
}

export class Circle extends Shape {
  static PI = 3.14
  readonly radius: number

  constructor(radius: number) {
    super()
    this.radius = radius
  }

  area(): number {
    return Circle.PI * square(this.radius)
  }

  override get name(): string {
    return 'circle'
  }
}

export class Square extends Shape {
  readonly side: number
  readonly margin = RATE * 10

  constructor(side: number, scale: number) {
    super(scale)
    this.side = side
  }

  area(): number {
    return square(this.side + this.margin)
  }

  override describe(): string {
    return `[${super.describe()}]`
  }

  override get sides(): number { return 4 }
}

export class Blob extends Shape {
  readonly size: number
  static {
    Shape.count += 1
  }

  constructor(size: number) {
    super()
    this.size = size
  }

  area(): number {
    return this.size
  }

  set ignored(value: number) {
    void value
  }
}
