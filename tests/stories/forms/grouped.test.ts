import { tell } from './tell.ts'

tell('grouped', ['stories'])
