// Starts the console.
import { localeContextKey } from 'element-plus/es/hooks/use-locale/index.mjs'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './routes'
import './theme.css'
import { elementWords, i18n } from './words'

createApp(App).use(i18n).use(router).provide(localeContextKey, elementWords as never).mount('#app')
