import { type BusUnderTest, testBus } from '../bus.testsuite.ts';
import type { AuthenticateGuest } from '../bus.ts';
import { startTestControlPlane } from './control-plane.testsuite.ts';
import { connectGuestBus } from './guest.ts';

testBus('socket bus', openSocketBus);

async function openSocketBus(authenticate: AuthenticateGuest): Promise<BusUnderTest> {
  let plane = await startTestControlPlane(authenticate);
  return {
    control: () => plane.control,
    connectGuest: (hello) =>
      connectGuestBus({ url: `http://127.0.0.1:${plane.port}`, hello, acknowledgeWithinMs: 500, retryMs: { first: 20, longest: 100 } }),
    cut: () => plane.cut(),
    async restart() {
      await plane.close();
      plane = await startTestControlPlane(authenticate, plane.port);
    },
    close: () => plane.close(),
  };
}
