import { words } from '../../words'

export default words({ title: '政策库', hint: '各统筹区的门诊共济政策、文件和条文。' }, { title: 'Policies', hint: 'Policies of the pooling areas, with documents and articles.' })
