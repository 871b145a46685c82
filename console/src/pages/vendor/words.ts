import { words } from '../../words'

export default words({ title: '厂商接入', hint: '本机构的报文、问题说明和验收报告。' }, { title: 'Vendors', hint: 'Messages of your institution, faults explained, certification.' })
