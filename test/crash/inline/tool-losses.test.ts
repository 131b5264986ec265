import { describeToolLosses } from '../../support/tool-losses.js';

describeToolLosses('inline', ['kill']);
