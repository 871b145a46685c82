import { words } from '../../words'

export default words({ title: '经办业务', hint: '参保人、账户、结算和对账。' }, { title: 'Agency', hint: 'Members, accounts, settlements, reconciliation.' })
