import assert from 'node:assert/strict';
import { compileSkills } from '../../../src/domain/prompt/compile-skills.js';

describe('compileSkills', () => {
  it('is empty without skills', () => {
    assert.equal(compileSkills([]), '');
  });

  it('draws the skills of each folder as a tree, with the first line of what they do', () => {
    const text = compileSkills([
      { name: 'pdf', description: 'Reads PDFs.\nMore text', location: '/home/me/skills/pdf/SKILL.md' },
      { name: 'git', description: 'Knows git.', location: '/home/me/skills/git/SKILL.md' },
      { name: 'pdf', description: 'Another one', location: '/elsewhere/pdf/SKILL.md' },
    ]);
    assert.equal(
      text,
      [
        '<available_skills>',
        '/home/me/skills/',
        '├── pdf/',
        '│   └── SKILL.md (Reads PDFs.)',
        '└── git/',
        '    └── SKILL.md (Knows git.)',
        '</available_skills>',
      ].join('\n'),
    );
  });
});
