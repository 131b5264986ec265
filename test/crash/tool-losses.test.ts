import { describeToolLosses } from '../support/tool-losses.js';

describeToolLosses('workflow', ['stop']);
