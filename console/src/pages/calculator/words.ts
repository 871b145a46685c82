import { words } from '../../words'

export default words({ title: '门诊报销计算', hint: '选好参保地和就医地点，输入费用，看谁付多少、为什么。' }, { title: 'Outpatient calculator', hint: 'Choose where you are insured and where you go, enter the bill, and see who pays what and why.' })
