export { Actor, ProjectRole } from './actor.ts';
export { type Action, actions, explainDenial, may, projectRoles } from './rights.ts';
