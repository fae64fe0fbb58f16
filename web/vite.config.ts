import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** Where the control plane listens while the UI is developed: `BOREAS_URL=http://host:port npm run dev`. */
const controlPlane = process.env.BOREAS_URL ?? 'http://127.0.0.1:5080';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    proxy: {
      '/api': { target: controlPlane, ws: true },
      '/runtime': { target: controlPlane, ws: true },
    },
  },
  build: {
    outDir: 'dist',
    // The server's Content-Security-Policy allows no data: URLs, so nothing is inlined as one.
    assetsInlineLimit: 0,
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['./src/lib/testing/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    testTimeout: 15_000,
  },
});
