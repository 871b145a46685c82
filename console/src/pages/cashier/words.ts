import { words } from '../../words'

export default words({ title: '收费结算', hint: '登记、录入、预结算、结算、打印、撤销。' }, { title: 'Cashier', hint: 'Register, enter, quote, settle, print, cancel.' })
