import { words } from '../../words'

export default words({ title: '方案测算', hint: '把一项政策放到全体参保人身上试算。' }, { title: 'Simulation', hint: 'Try a policy on a whole population.' })
