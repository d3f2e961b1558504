import { tell } from './tell.ts'

tell('embedded', ['stories', 'interop'])
