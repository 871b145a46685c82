import { words } from '../../words'

export default words(
  { title: '没有这一页', text: '地址 {path} 没有对应的页面，可能写错了，或者已经改名。', home: '回到报销计算', policies: '看政策库' },
  { title: 'No such page', text: 'There is no page at {path}; the address may be wrong or have changed.', home: 'To the calculator', policies: 'To the policies' },
)
