import { words } from '../../words'

export default words({ title: '我的医保', hint: '个人账户、年度额度和结算记录。' }, { title: 'My account', hint: 'Account, limits of the year, settlements.' })
