"""REINFORCE on a corridor: the agent learns to walk to the goal on the side that a lamp shows."""

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(6)
LENGTH = 7


class Corridor(object):
    """States: place and lamp; actions: left or right; reward 1 at the end that the lamp shows, else -1, in 12 steps."""

    def reset(self):
        self.place, self.lamp, self.steps = LENGTH // 2, rng.randint(2), 0
        return self.state()

    def state(self):
        found = np.zeros(LENGTH + 2, np.float32)
        found[self.place] = 1.0
        found[LENGTH + self.lamp] = 1.0
        return found

    def step(self, action):
        self.place += 1 if action == 1 else -1
        self.steps += 1
        if self.place in (0, LENGTH - 1):
            return self.state(), 1.0 if (self.place > 0) == (self.lamp == 1) else -1.0, True
        return self.state(), -0.02, self.steps >= 12


class Agent(object):
    def __init__(self, learning_rate, gamma):
        self.gamma = gamma
        self.states = tf.placeholder(tf.float32, [None, LENGTH + 2], name="states")
        self.actions = tf.placeholder(tf.int32, [None], name="actions")
        self.returns = tf.placeholder(tf.float32, [None], name="returns")
        hidden = tf.layers.dense(self.states, 16, tf.tanh, name="hidden")
        logits = tf.layers.dense(hidden, 2, name="policy")
        self.policy = tf.distributions.Categorical(logits=logits)
        self.sample = self.policy.sample(seed=1)
        advantage = tf.reduce_mean(self.policy.log_prob(self.actions) * self.returns)
        self.entropy = tf.reduce_mean(self.policy.entropy())
        self.train = tf.train.AdamOptimizer(learning_rate).minimize(-advantage - 0.01 * self.entropy)

    def discounted(self, rewards):
        total, found = 0.0, []
        for reward in reversed(rewards):
            total = reward + self.gamma * total
            found.append(total)
        return found[::-1]


tf.set_random_seed(1)
agents = Agent(0.02, 0.95)
environments = [Corridor() for _ in range(16)]
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    history = []
    for iteration in range(120):
        episodes = [([], [], []) for _ in environments]
        states = {i: env.reset() for i, env in enumerate(environments)}
        while states:
            keys = sorted(states)
            batch = np.zeros((16, LENGTH + 2), np.float32)
            batch[:len(keys)] = [states[k] for k in keys]
            chosen = sess.run(agents.sample, {agents.states: batch})
            for k, action in zip(keys, chosen):
                for part, item in zip(episodes[k], (states[k], action)):
                    part.append(item)
                states[k], reward, done = environments[k].step(action)
                episodes[k][2].append(reward)
                if done:
                    del states[k]
        returns = np.concatenate([agents.discounted(e[2]) for e in episodes])
        padded = 16 * 12 - len(returns)
        feed = {agents.states: np.concatenate([np.array(e[0]) for e in episodes] + [np.zeros((padded, LENGTH + 2))]),
                agents.actions: np.concatenate([np.array(e[1]) for e in episodes] + [np.zeros(padded, np.int32)]),
                agents.returns: np.concatenate([(returns - returns.mean()) / (returns.std() + 1e-6),
                                                np.zeros(padded)])}
        sess.run(agents.train, feed)
        history.append(np.mean([sum(e[2]) for e in episodes]))
print("reward %.3f -> %.3f" % (np.mean(history[:5]), np.mean(history[-10:])))
print("RESULT reward %.3f >= 0.8" % np.mean(history[-10:]))
