import { mount } from '@mythical/ui/page/mount.tsx';
import { App } from './app.tsx';

mount(<App />, console.error);
