import '@fontsource-variable/ibm-plex-sans/standard.css';
import '@fontsource/ibm-plex-mono/400.css';
import './ui/tokens.css';
import './ui/base.css';
import './ui/pane.css';
import './ui/column-view.css';
import './ui/print.css';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';

createApp(App).use(createPinia()).mount('#app');
