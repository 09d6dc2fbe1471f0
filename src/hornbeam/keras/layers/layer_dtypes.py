"""The dtypes of a layer: what it computes in, what its variables have, what its inputs are cast to."""

from __future__ import annotations

from typing import Any

from hornbeam.keras.dtype_policies import policy as dtype_policies
from hornbeam.keras.dtype_policies.policy_map import DTypePolicyMap


class LayerDtypes:
    """The part of a layer that knows its dtypes."""

    _dtype_policy: Any
    path: Any

    @property
    def dtype_policy(self) -> Any:
        """The policy: which dtype the layer computes in, and which its variables have."""
        return self._dtype_policy

    @dtype_policy.setter
    def dtype_policy(self, value: Any) -> None:
        policy = dtype_policies.get(value)
        if isinstance(self._dtype_policy, DTypePolicyMap) and self.path:
            if self.path in self._dtype_policy:
                del self._dtype_policy[self.path]
            self._dtype_policy[self.path] = policy
        else:
            self._dtype_policy = policy

    def _own_policy(self) -> Any:
        policy = self._dtype_policy
        return policy[self.path] if isinstance(policy, DTypePolicyMap) and self.path else policy

    @property
    def dtype(self) -> str:
        """The dtype of the variables."""
        return self.variable_dtype

    @property
    def compute_dtype(self) -> str:
        """The dtype that the layer computes in."""
        return self._own_policy().compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype of the variables."""
        return self._own_policy().variable_dtype

    @property
    def quantization_mode(self) -> None:
        """None: there is no quantization here."""
        return None

    @property
    def input_dtype(self) -> str:
        """The dtype that floating inputs are cast to."""
        return self.compute_dtype
