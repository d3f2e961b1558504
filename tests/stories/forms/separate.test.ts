import { tell } from './tell.ts'

tell('separate', ['stories'])
