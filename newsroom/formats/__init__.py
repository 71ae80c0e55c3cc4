"""How dates are written where Django's own way of it is not ours."""
