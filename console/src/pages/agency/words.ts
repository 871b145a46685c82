// What the agency's pages say.
import { words } from '../../words'
import en from './en'
import zh from './zh'

export default words(zh, en)
